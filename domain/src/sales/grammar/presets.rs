//! The words of each community, as data. All of them are written in the folded form (a test holds that).
//!
//! A new community is a new [`Preset`] and a new [`Words`] table; no code reads a preset by name. Where the same word
//! stands twice, the later of [`COMMON`] and the preset's own table wins.

use super::Preset;

/// What a minus sign after an item means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minus {
    /// Only punctuation.
    Nothing,
    /// `A-6` is six pieces of A.
    Quantity,
    /// `A-` lets go of A.
    Cancel,
}

/// The words and habits of a community.
#[derive(Debug)]
pub struct Words {
    /// Claim wherever they stand next to an item.
    pub claim: &'static [&'static str],
    /// Claim only where the comment holds nothing else that is not understood: `show me A12` is no claim.
    pub weak_claim: &'static [&'static str],
    pub cancel: &'static [&'static str],
    pub next: &'static [&'static str],
    /// Make the comment a question wherever they stand.
    pub question: &'static [&'static str],
    /// Make the comment a question where they begin it.
    pub question_opener: &'static [&'static str],
    /// Keep a comment from being a claim without a person's look: stories, conditions, negations.
    pub doubt: &'static [&'static str],
    /// Say that the buyer wants to ask before claiming.
    pub pending: &'static [&'static str],
    pub praise: &'static [&'static str],
    /// Mean nothing for the claim.
    pub filler: &'static [&'static str],
    /// Of the fillers, those that make a sentence of a code without a claim word: `this is A12`.
    pub talk: &'static [&'static str],
    /// Who does something: `can I get A12` asks, `you can have A12` does not.
    pub subject: &'static [&'static str],
    /// Mean one of every variant: `one of each`.
    pub every_variant: &'static [&'static str],
    /// Stand before a quantity: `sl 2`.
    pub before_quantity: &'static [&'static str],
    /// Stand after a quantity: `2 pcs`.
    pub after_quantity: &'static [&'static str],
    /// Stand before a size: `size 8`.
    pub before_size: &'static [&'static str],
    /// Stand before a telephone number: `call 512 555 0100`.
    pub before_phone: &'static [&'static str],
    /// Of the doubts, those that say that something is wanted, so that a question with them is for a person: `can I have
    /// A12?`
    pub wanting: &'static [&'static str],
    /// Of the doubts, those that turn a sentence: in praise alone they change nothing.
    pub contrast: &'static [&'static str],
    /// Stand before somebody who gets something: `A12 sold to Kim`.
    pub hands_on: &'static [&'static str],
    /// What money is called before or behind its number, glued or not: `RM20`, `20 pesos`.
    pub currency: &'static [&'static str],
    /// Stand after a number that is a time: `13 days`.
    pub time_unit: &'static [&'static str],
    /// Stand before a price: `for 14`.
    pub before_price: &'static [&'static str],
    /// Of the doubts, those that fit a comment which only lets go: `sorry, cancel A12`.
    pub fits_cancel: &'static [&'static str],
    /// Ask about what comes after a claim, if the question has one of `later_topic` too: `sold A12, when do you ship?`
    pub later_question: &'static [&'static str],
    /// What comes after a claim: `ship`.
    pub later_topic: &'static [&'static str],
    /// Letters that sellers write for the words of their price tiers: `S-150` is the price for whoever writes `steal`.
    pub tiers: &'static [(&'static str, &'static str)],
    /// Mean one of every variant, if there are so many: `all three colors`.
    pub every_of: &'static [(&'static str, u32)],
    /// Stand after a number that is a measure and no quantity: `12kg`.
    pub measure: &'static [&'static str],
    /// Of the measures, those in which sizes are told: `90cm` is the size 90.
    pub size_unit: &'static [&'static str],
    /// Numbers in words, from two on: `two`.
    pub numbers: &'static [(&'static str, u32)],
    /// A bare number beside an item is a quantity.
    pub bare_number_is_quantity: bool,
    /// A bare number that is an item's code is that code beside other codes too.
    pub numbers_are_codes: bool,
    /// `a 32` means the code `A032`.
    pub loose_codes: bool,
    pub minus: Minus,
}

impl Preset {
    /// What the preset lays over the common words.
    pub(super) fn words(self) -> &'static Words {
        match self {
            Preset::Us => &US,
            Preset::Ph => &PH,
            Preset::Th => &TH,
            Preset::Vn => &VN,
            Preset::Tw => &TW,
            Preset::My => &MY,
            Preset::Es => &ES,
            Preset::Crystals => &CRYSTALS,
            Preset::Jewellery => &JEWELLERY,
        }
    }
}

/// Words for the sizes of clothes, and the form in which they are compared.
pub const SIZES: [(&str, &str); 13] = [
    ("small", "s"),
    ("sm", "s"),
    ("medium", "m"),
    ("med", "m"),
    ("large", "l"),
    ("lg", "l"),
    ("xlarge", "xl"),
    ("xsmall", "xs"),
    ("xxl", "2xl"),
    ("xxxl", "3xl"),
    ("xxlarge", "2xl"),
    ("colour", "color"),
    ("grey", "gray"),
];

/// What holds everywhere, because sellers everywhere mix English in.
#[rustfmt::skip]
pub const COMMON: Words = Words {
    claim: &[
        "sold", "sold to me", "mine", "claim", "claiming", "dibs", "i'll take", "ill take", "i will take", "i'll buy",
        "ill buy",
    ],
    weak_claim: &[
        "buy", "buying", "take", "i want", "want", "me", "i'd like", "i would like", "would like", "order", "i'm in for", "im in for",
        "count me in for",
    ],
    cancel: &[
        "cancel", "cancelled", "canceled", "cancel my", "pass", "i pass", "pass on", "remove",
        "no longer want", "nvm", "never mind", "nevermind", "changed my mind", "change my mind", "changed my mind on",
    ],
    next: &[
        "next", "sold next", "next sold", "next in line", "next in line for", "waitlist for", "backup for", "mine next", "next mine", "next claim", "claim next", "waitlist", "backup", "back up",
        "if it falls through",
    ],
    question: &[
        "how much", "how many", "how", "price", "avail", "available", "still available", "what", "what's",
        "whats", "which",
        "where", "when", "why", "who", "any more", "more left", "left", "measurements", "hm", "in stock",
        "restock",
    ],
    question_opener: &[
        "is", "are", "do", "does", "did", "can", "could", "will", "would", "any", "has", "have", "may",
        "got",
    ],
    doubt: &[
        "just sold", "sold my", "sold our", "sold his", "sold her", "i sold", "we sold", "he sold",
        "she sold", "they sold",
        "you sold", "sold out", "sold to", "sold by", "is sold", "was sold", "already sold", "been sold",
        "got sold",
        "being sold", "be sold", "not sold", "claim your", "claim my", "claimed", "buy my", "mine was",
        "mine is",
        "mine came", "mine arrived", "like mine", "as mine", "not mine", "friend of mine", "not", "no",
        "don't", "dont",
        "didn't", "didnt", "isn't", "isnt", "won't", "can't", "cant", "if", "unless", "maybe", "might",
        "thinking",
        "wait", "hold", "instead", "wish", "wanted", "lost", "missed", "nobody", "anyone", "someone",
        "yesterday",
        "was", "were", "last", "first", "forgot", "or", "than", "except", "without", "but not", "meant",
        "sorry",
        "mistake", "wrong", "refund", "show", "tell", "see", "like", "too late", "never", "ever", "hope", "everyone", "them", "both", "all", "each", "another", "other", "change",
        "swap", "switch",
        "exchange", "undo", "add", "plus", "trade", "my order", "arrived", "received", "delivered", "jk", "just kidding",
        "kidding", "joking", "oops", "can i have", "can i get", "can i take", "could i have", "could i get", "may i have",
        "may i get", "would love", "but", "1st", "2nd", "3rd", "second", "third", "👎", "🚫", "❌", "🙅", "⛔",
    ],
    pending: &[
        "sold pending question", "sold pending", "mine pending", "claim pending", "pending question",
        "pending",
    ],
    praise: &[
        "i like", "love", "love it", "love this", "beautiful", "pretty", "gorgeous", "nice", "cute", "lovely", "wow",
        "amazing",
        "stunning", "perfect", "awesome", "great", "good", "cool", "so pretty", "obsessed", "fire",
    ],
    filler: &[
        "hi everyone", "hello everyone", "hey everyone", "hi all", "hello all", "good morning everyone",
        "please", "pretty please", "with a cherry on top", "pls", "plz", "plss", "then", "thanks", "thank you", "thank", "you", "thx", "ty", "hi", "hello",
        "hey", "sis",
        "ma'am", "maam", "mam", "madam", "sir", "dear", "the", "a", "an", "one", "that", "this", "of",
        "in", "it", "ok", "okay",
        "yes", "yay", "yeah", "yep", "lol", "haha", "omg", "so", "also", "too", "i", "i'm", "item", "code",
        "with", "my", "to",
        "for", "for me", "and", "us", "color", "colour", "xoxo", "there", "everybody", "all of you",
        "note", "update", "ps", "fyi", "edit", "reminder", "babe", "hun", "girl", "mama", "on", "at", "is",
    ],
    talk: &[
        "is", "it", "this", "that", "you", "i", "i'm", "on", "at", "my", "to", "for", "with", "us", "so",
        "of", "there",
    ],
    subject: &["i", "you", "we", "he", "she", "they"],
    every_variant: &[
        "one of each", "1 of each", "one of every", "one each", "all colors", "all colours", "every color",
        "every colour", "each color", "each colour", "all sizes", "every size",
    ],
    before_quantity: &["x", "×", "*", "+", "qty", "quantity", "✕", "✖"],
    after_quantity: &["x", "×", "pc", "pcs", "piece", "pieces", "pair", "pairs", "sets"],
    before_size: &["size", "sz", "us", "eu", "uk"],
    before_phone: &["phone", "cell", "call", "text", "me", "at", "number", "tel", "mobile", "whatsapp", "viber"],
    wanting: &[
        "if", "can i have", "can i get", "can i take", "could i have", "could i get", "may i have", "may i get",
        "would love", "add", "hold",
    ],
    contrast: &["but"],
    hands_on: &["to"],
    currency: &["usd", "dollars", "dollar", "bucks", "php", "pesos", "peso", "rm", "thb", "vnd", "ntd", "nt", "mxn", "eur"],
    time_unit: &["am", "pm", "days", "day", "weeks", "week", "hours", "hour", "minutes", "mins", "years", "months"],
    before_price: &["for", "at"],
    fits_cancel: &["sorry", "mistake", "wrong", "was", "instead", "can't", "cant", "don't", "dont", "missed"],
    later_question: &["when", "where", "how", "how much"],
    later_topic: &["ship", "shipping", "pay", "payment", "pickup", "pick up", "deliver", "delivery", "invoice"],
    tiers: &[],
    every_of: &[
        ("both colors", 2), ("both colours", 2), ("all two colors", 2), ("both sizes", 2), ("all three colors", 3),
        ("all three colours", 3), ("all 3 colors", 3), ("all 3 colours", 3), ("all three sizes", 3), ("all 3 sizes", 3),
        ("all four colors", 4), ("all 4 colors", 4), ("all four sizes", 4), ("all 4 sizes", 4), ("all 5 colors", 5),
    ],
    size_unit: &["cm", "in", "inch", "inches"],
    numbers: &[("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6)],
    measure: &[
        "cm", "mm", "kg", "g", "oz", "lb", "lbs", "inch", "inches", "in", "ct", "k", "ml",
    ],
    bare_number_is_quantity: false,
    numbers_are_codes: false,
    loose_codes: false,
    minus: Minus::Nothing,
};

/// A table with nothing of its own, so that the others name only what differs.
const NONE: Words = Words {
    claim: &[],
    weak_claim: &[],
    cancel: &[],
    next: &[],
    question: &[],
    question_opener: &[],
    doubt: &[],
    pending: &[],
    praise: &[],
    filler: &[],
    talk: &[],
    subject: &[],
    every_variant: &[],
    before_quantity: &[],
    after_quantity: &[],
    before_size: &[],
    before_phone: &[],
    wanting: &[],
    contrast: &[],
    hands_on: &[],
    currency: &[],
    time_unit: &[],
    before_price: &[],
    fits_cancel: &[],
    later_question: &[],
    later_topic: &[],
    tiers: &[],
    every_of: &[],
    measure: &[],
    size_unit: &[],
    numbers: &[],
    bare_number_is_quantity: false,
    numbers_are_codes: false,
    loose_codes: false,
    minus: Minus::Nothing,
};

#[rustfmt::skip]
const US: Words = Words { claim: &["mio", "yours truly"], bare_number_is_quantity: true, ..NONE };

#[rustfmt::skip]
const CRYSTALS: Words = Words {
    claim: &["c", "cl", "clm", "me", "mio", "yours truly"],
    next: &["me next", "c next"],
    cancel: &["put back", "putback", "putting back", "pb", "unclaim", "release"],
    filler: &["crystal", "crystals", "piece", "beauty", "cutie", "baby"],
    measure: &["mm", "grams", "gram", "cts", "carat", "carats"],
    bare_number_is_quantity: true,
    ..NONE
};

#[rustfmt::skip]
const JEWELLERY: Words = Words {
    claim: &["yours truly", "sold to me"],
    cancel: &["unclaim", "release", "put back"],
    filler: &["number", "nr", "lot", "925", "999", "750", "585", "silver", "sterling", "gold"],
    measure: &["gr", "gram", "grams", "dwt", "ozt", "kt", "karat", "karats", "carat", "carats", "cts"],
    numbers_are_codes: true,
    ..NONE
};

#[rustfmt::skip]
const PH: Words = Words {
    claim: &["grab", "steal", "mine po", "akin", "sakin"],
    weak_claim: &["sa akin", "ako na lang", "ako na", "get", "kunin ko", "kuha", "pa mine", "pamine"],
    cancel: &["mine off", "off", "c", "cancel po", "pa cancel", "pacancel", "back out"],
    next: &["next po", "second", "2nd"],
    question: &[
        "magkano", "hm po", "meron", "meron pa", "pa ba", "ba", "available pa", "avail pa", "alin", "ano",
        "paano", "ilan",
    ],
    doubt: &["hindi", "wag", "huwag", "kung", "sana", "sayang", "wala", "kay", "ni", "si", "sold na", "pag", "kapag", "pero", "kaso", "pasensya"],
    wanting: &["kung", "sana", "pag", "kapag"],
    numbers: &[("dalawa", 2), ("tatlo", 3), ("apat", 4)],
    praise: &["ganda", "ang ganda", "cute naman"],
    filler: &[
        "po", "opo", "ate", "sis", "mamsh", "salamat", "ty po", "thank you po", "ko", "yan", "na", "naman",
        "lang", "nga", "yung",
    ],
    tiers: &[("m", "mine"), ("s", "steal"), ("g", "grab")],
    every_variant: &["tig isa", "tig-isa", "lahat ng kulay"],
    fits_cancel: &["hindi", "pasensya"],
    before_phone: &["cp", "cp no", "gcash"],
    after_quantity: &["pcs po", "piraso"],
    bare_number_is_quantity: true,
    ..NONE
};

#[rustfmt::skip]
const TH: Words = Words {
    weak_claim: &["อยากได้"],
    claim: &["cf", "เอา", "รับ", "จอง", "สั่ง", "เอาค่ะ", "f", "ซื้อ"],
    cancel: &["cc", "ยกเลิก", "ไม่เอา", "ไม่เอาแล้ว", "ไม่รับ", "ไม่รับแล้ว", "ขอยกเลิก"],
    next: &["คิว", "ต่อคิว", "รอคิว", "สำรอง"],
    question: &[
        "ไหม", "มั้ย", "ไม๊", "มั๊ย", "หรือ", "เท่าไหร่", "เท่าไร", "กี่", "ราคา", "อะไร", "ยังไง",
        "เหลือ", "ยังมี", "หมดยัง", "หมดหรือยัง", "ยัง",
    ],
    doubt: &["ไม่", "ถ้า", "อาจ", "รอ", "แล้ว", "เคย", "แต่", "ขอโทษ", "เปลี่ยน"],
    praise: &["สวย", "สวยมาก", "น่ารัก", "ชอบ"],
    filler: &[
        "ค่ะ", "คะ", "ครับ", "จ้า", "จ้ะ", "นะ", "นะคะ", "ขอ", "ด้วย", "สี", "ไซส์", "ขอบคุณ", "ขอบคุณค่ะ",
        "หน่อย", "พี่", "แม่ค้า", "อัน", "อีก",
    ],
    before_quantity: &["=", "จำนวน"],
    every_variant: &["ทุกสี", "ทุกไซส์", "ทุกแบบ", "อย่างละชิ้น", "อย่างละตัว", "สีละชิ้น", "สีละตัว"],
    fits_cancel: &["แล้ว", "ขอโทษ"],
    wanting: &["ถ้า", "อาจ"],
    currency: &["บาท"],
    before_phone: &["โทร", "เบอร์"],
    numbers: &[("สองตัว", 2), ("สองชิ้น", 2), ("สองอัน", 2), ("สามตัว", 3), ("สามชิ้น", 3)],
    after_quantity: &["ชิ้น", "ตัว", "อัน", "คู่", "ชุด", "เส้น"],
    bare_number_is_quantity: true,
    ..NONE
};

#[rustfmt::skip]
const VN: Words = Words {
    claim: &[
        "chốt", "chot", "thêm", "lấy", "đặt", "mua", "giữ", "chốt đơn", "lên đơn", "cho mình", "cho em", "cho chị",
    ],
    weak_claim: &["lay", "dat", "giu"],
    cancel: &[
        "hủy", "huỷ", "huy", "ko lấy", "không lấy", "k lấy", "bỏ đơn", "thôi", "hủy đơn", "huỷ đơn",
        "ko lấy nữa", "không lấy nữa",
    ],
    next: &["chờ", "xếp hàng"],
    question: &[
        "bao nhiêu", "bao nhieu", "nhiêu", "giá", "còn không", "còn ko", "còn k", "còn", "không", "ko",
        "hả", "nào", "sao",
        "khi nào", "mấy", "bn", "inbox giá",
    ],
    doubt: &["nếu", "chưa", "đã", "hôm qua", "đừng", "đổi", "hay", "hoặc", "nhưng", "xin lỗi"],
    praise: &["đẹp", "đẹp quá", "xinh", "thích"],
    filler: &[
        "ạ", "nha", "nhé", "bé", "shop", "ơi", "em", "chị", "anh", "mình", "c", "e", "cho", "với", "giúp",
        "cảm ơn", "màu", "size", "mẫu",
        "mã", "đi", "tks", "và", "cùng", "luôn",
    ],
    before_phone: &["sđt", "sdt", "đt", "số đt", "điện thoại", "zalo"],
    every_variant: &["đủ màu", "full màu", "tất cả màu", "mỗi màu 1", "mỗi màu một", "mỗi loại 1", "đủ size", "full size"],
    fits_cancel: &["không", "xin lỗi"],
    wanting: &["nếu"],
    currency: &["đ", "vnđ", "đồng"],
    before_quantity: &["sl", "số lượng"],
    after_quantity: &["bộ", "cái", "chiếc", "đôi", "hộp", "áo", "quần"],
    measure: &["tháng", "tuổi", "ký", "kí"],
    ..NONE
};

#[rustfmt::skip]
const TW: Words = Words {
    claim: &["我要", "要", "收", "買", "下單", "喊單"],
    cancel: &["取消", "不要", "不要了", "棄單", "放棄"],
    next: &["候補", "排隊", "備取"],
    question: &["嗎", "多少", "還有", "有沒有", "什麼", "幾", "呢", "怎麼", "哪", "價格", "現貨"],
    doubt: &["如果", "沒", "不", "改", "換", "昨天", "已經", "或", "但", "可是", "抱歉", "不好意思"],
    fits_cancel: &["抱歉", "不好意思"],
    praise: &["好看", "漂亮", "好漂亮", "可愛", "好可愛", "喜歡", "好喜歡", "美", "好美", "超美", "超可愛"],
    filler: &[
        "謝謝", "感謝", "色", "尺寸", "號", "老闆", "你好", "請", "我", "了", "喔", "哦", "啊", "的", "跟", "和", "款",
    ],
    talk: &["我", "你好", "的"],
    numbers: &[
        ("一個", 1), ("一件", 1), ("兩個", 2), ("兩件", 2), ("兩雙", 2), ("兩組", 2), ("三個", 3), ("三件", 3), ("四個", 4), ("四件", 4),
    ],
    before_phone: &["電話", "手機"],
    wanting: &["如果"],
    currency: &["元", "塊"],
    every_variant: &["*", "包", "全包", "包色", "全色", "各", "各色", "各一"],
    before_quantity: &["加", "數量"],
    after_quantity: &["個", "件", "雙", "組", "條", "盒", "瓶"],
    minus: Minus::Cancel,
    ..NONE
};

#[rustfmt::skip]
const MY: Words = Words {
    claim: &["nak", "saya nak", "mau", "ambil", "beli", "tapau"],
    weak_claim: &["pm"],
    cancel: &["batal", "xnak", "tak nak", "taknak", "tak jadi", "x jadi"],
    next: &["waiting", "tunggu"],
    question: &["berapa", "ada lagi", "ada", "macam mana", "bila", "mana", "harga", "tanya"],
    doubt: &["tapi", "maaf", "kalau", "tak", "belum", "bukan", "sudah", "dah", "semalam", "tukar", "atau"],
    praise: &["cantik", "lawa", "comel"],
    filler: &[
        "sis", "kak", "akak", "boss", "bos", "terima kasih", "tq", "ya", "satu", "saya", "la", "lah",
        "warna", "saiz", "dan",
    ],
    before_quantity: &["="],
    before_phone: &["hp", "no hp", "tel"],
    wanting: &["kalau"],
    fits_cancel: &["maaf"],
    numbers: &[("dua", 2), ("tiga", 3), ("empat", 4)],
    currency: &["ringgit"],
    every_variant: &["semua warna", "semua saiz", "setiap warna satu"],
    after_quantity: &["helai", "biji", "kotak", "unit", "pasang"],
    loose_codes: true,
    minus: Minus::Quantity,
    ..NONE
};

#[rustfmt::skip]
const ES: Words = Words {
    claim: &[
        "mío", "mio", "mía", "mia", "míos", "mías", "lo quiero", "la quiero", "los quiero", "apártamelo",
        "apartamelo", "apártamela",
        "apartamela", "apártame", "apartame", "me lo llevo", "me la llevo", "me llevo", "vendido",
        "vendida", "para mí", "para mi",
        "lo compro", "la compro", "es mío", "es mía",
    ],
    weak_claim: &["yo", "quiero", "compro", "yo quiero"],
    cancel: &[
        "paso", "cancelar", "cancelo", "cancela", "ya no", "ya no quiero", "ya no lo quiero", "ya no la quiero",
        "cancelado",
    ],
    next: &["siguiente", "la siguiente", "en espera", "lista de espera"],
    question: &[
        "cuánto", "cuanto", "cuántos", "cuantos", "precio", "disponible", "qué", "cuál", "cual", "dónde",
        "donde", "cuándo", "cuando",
        "cómo", "como", "hay", "queda", "quedan", "tienes", "todavía", "todavia", "aún", "medidas",
    ],
    doubt: &[
        "no", "si", "perdón", "perdon", "disculpa", "me das", "puedo tener", "vendí", "vendi", "acabo de", "quizás", "tal vez", "ayer", "era", "espera", "pero",
        "o", "amigo mío", "dios mío", "madre mía", "sin", "cambiar", "cambio",
    ],
    praise: &[
        "hermoso", "hermosa", "bonito", "bonita", "lindo", "linda", "precioso", "preciosa", "me encanta",
        "bello", "bella",
    ],
    filler: &[
        "por favor", "porfa", "porfis", "gracias", "hola", "el", "la", "los", "las", "un", "una", "de",
        "en", "y", "amiga", "sí",
        "talla", "tono", "es", "e", "bella", "reina", "también", "tambien", "color", "mi",
    ],
    before_phone: &["tel", "teléfono", "telefono", "cel", "celular", "número de teléfono"],
    before_price: &["por", "a"],
    wanting: &["si", "me das", "puedo tener"],
    hands_on: &["a"],
    fits_cancel: &["no", "ya", "perdón", "perdon", "disculpa"],
    later_question: &["cuándo", "cuando", "dónde", "donde", "cómo", "como", "cuánto", "cuanto"],
    later_topic: &["envías", "envían", "envio", "envío", "pago", "pagar", "entrega", "entregas"],
    every_variant: &["uno de cada", "una de cada", "uno de cada color", "una de cada color", "todos los colores", "todas las tallas"],
    every_of: &[("los dos colores", 2), ("ambos colores", 2), ("los tres colores", 3), ("las tres tallas", 3)],
    talk: &["es", "en", "de", "la", "el"],
    numbers: &[("dos", 2), ("tres", 3), ("cuatro", 4)],
    after_quantity: &["pzas", "piezas", "pieza", "pares", "unidades"],
    before_size: &["talla", "número"],
    ..NONE
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::grammar::fold::FoldedText;

    #[test]
    fn every_word_is_folded() {
        let tables = Preset::ALL.iter().map(|preset| preset.words()).chain([&COMMON]);
        for table in tables {
            for list in [
                table.claim,
                table.weak_claim,
                table.cancel,
                table.next,
                table.question,
                table.question_opener,
                table.doubt,
                table.pending,
                table.praise,
                table.filler,
                table.talk,
                table.subject,
                table.every_variant,
                table.before_quantity,
                table.after_quantity,
                table.before_size,
                table.before_phone,
                table.before_price,
                table.wanting,
                table.contrast,
                table.hands_on,
                table.currency,
                table.time_unit,
                table.fits_cancel,
                table.later_question,
                table.later_topic,
                table.measure,
                table.size_unit,
            ] {
                for word in list {
                    assert_eq!(*word, FoldedText::fold(word));
                }
            }
            for (word, _) in table.numbers.iter().chain(table.every_of) {
                assert_eq!(*word, FoldedText::fold(word));
            }
        }
    }
}
