//! What each community lays over the common words.

use super::{Minus, NONE, Words};

#[rustfmt::skip]
pub const US: Words = Words { claim: &["mio", "yours truly"], bare_number_is_quantity: true, ..NONE };

#[rustfmt::skip]
pub const CRYSTALS: Words = Words {
    claim: &["c", "cl", "clm", "me", "mio", "yours truly"],
    next: &["me next", "c next"],
    cancel: &["put back", "putback", "putting back", "pb", "unclaim", "release"],
    filler: &["crystal", "crystals", "piece", "beauty", "cutie", "baby"],
    measure: &["mm", "grams", "gram", "cts", "carat", "carats"],
    bare_number_is_quantity: true,
    ..NONE
};

#[rustfmt::skip]
pub const JEWELLERY: Words = Words {
    claim: &["yours truly", "sold to me"],
    cancel: &["unclaim", "release", "put back"],
    filler: &["number", "nr", "lot", "925", "999", "750", "585", "silver", "sterling", "gold"],
    measure: &["gr", "gram", "grams", "dwt", "ozt", "kt", "karat", "karats", "carat", "carats", "cts"],
    numbers_are_codes: true,
    ..NONE
};

#[rustfmt::skip]
pub const PH: Words = Words {
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
pub const TH: Words = Words {
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
pub const VN: Words = Words {
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
pub const TW: Words = Words {
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
pub const MY: Words = Words {
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
pub const ES: Words = Words {
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
    owned: &["mi", "tu", "su"],
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
