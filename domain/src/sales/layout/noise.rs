//! What platforms write around comments, as data, in the spelling and case in which they show it.
//!
//! A new language or platform is new rows here. Case matters: a buyer's `like` is talk, the button's `Like` is noise.

use super::tables::{TABLES, WordSet};

/// Buttons below a comment. They end it.
#[rustfmt::skip]
pub const ACTIONS: &[&str] = &[
    // English
    "Like", "Liked", "Love", "Haha", "Care", "Reply", "Share", "Follow", "Following", "Hide",
    "Send message", "Message",
    "See translation", "See Translation", "Translate", "See original", "See Original", "See more",
    "See less", "Report",
    // Spanish
    "Me gusta", "Responder", "Compartir", "Seguir", "Ocultar", "Enviar mensaje", "Ver traducción",
    "Ver original",
    "Ver más", "Ver menos", "Me encanta",
    // Vietnamese
    "Thích", "Phản hồi", "Trả lời", "Chia sẻ", "Theo dõi", "Xem bản dịch", "Xem bản gốc", "Xem thêm",
    "Ẩn bớt", "Ẩn",
    "Nhắn tin",
    // Thai
    "ถูกใจ", "ตอบกลับ", "แชร์", "ติดตาม", "ดูคำแปล", "ดูต้นฉบับ", "ดูเพิ่มเติม", "ดูน้อยลง", "ซ่อน",
    "ส่งข้อความ",
    // Chinese
    "讚", "赞", "回覆", "回复", "分享", "追蹤", "關注", "查看翻譯", "查看翻译", "查看原文", "查看更多", "顯示更多", "隱藏", "發送訊息",
    // Arabic
    "إعجاب", "أعجبني", "رد", "مشاركة", "متابعة", "عرض الترجمة", "عرض المزيد", "إخفاء",
    // Malay and Indonesian
    "Suka", "Balas", "Kongsi", "Bagikan", "Lihat terjemahan", "Lihat terjemahannya",
    // Portuguese
    "Curtir", "Compartilhar", "Partilhar", "Ver tradução", "Ver mais", "Enviar mensagem", "Amei",
];

/// Actions that no buyer writes as a whole comment of their own and that stand below every comment. One of them, glued
/// to a text, is enough to know where the text ends.
#[rustfmt::skip]
pub const GLUED_ACTIONS: &[&str] =
    &["Like", "Reply", "Share", "Me gusta", "Responder", "Compartir", "Thích", "Trả lời", "Phản hồi", "Chia sẻ"];

/// The button beside the name of somebody whom one does not follow. With a dot before it, it stands below the name.
#[rustfmt::skip]
pub const FOLLOW: &[&str] = &[
    "Follow", "Following", "Seguir", "Siguiendo", "Theo dõi", "ติดตาม", "追蹤", "關注", "关注", "متابعة", "Ikuti", "Ikut",
];

/// The badge of whoever wrote the post: the seller.
#[rustfmt::skip]
pub const SELLER_BADGES: &[&str] =
    &["Author", "Creator", "Host", "Autor", "Autora", "Tác giả", "ผู้เขียน", "ผู้สร้าง", "作者", "創作者", "المؤلف", "Pengarang", "Criador", "Criadora"];

/// Badges of others.
#[rustfmt::skip]
pub const BADGES: &[&str] = &[
    "Top fan", "Top Fan", "Rising fan", "Rising Fan", "Admin", "Moderator", "Group expert",
    "Top contributor",
    "All-star contributor", "New member", "New Member", "New contributor", "Conversation starter",
    "Verified account",
    "Verified", "Subscriber", "Supporter", "First comment", "Valued responder", "Visual storyteller",
    "Fan destacado", "Fan destacada", "Administrador", "Administradora", "Moderador", "Moderadora",
    "Nuevo miembro",
    "Fan cứng", "Quản trị viên", "Người kiểm duyệt", "Người đóng góp nhiều nhất", "Thành viên mới",
    "แฟนตัวยง", "ผู้ติดตามตัวยง", "ผู้ดูแล", "สมาชิกใหม่",
    "頭號粉絲", "管理員", "版主", "新成員", "铁杆粉丝",
    "مشرف", "أفضل المعجبين",
    "Peminat utama", "Penggemar berat",
    "Superfã", "Superfãs", "Membro novo", "Colaborador destaque",
];

/// States of a comment. They stand below or behind its text.
#[rustfmt::skip]
pub const EDITED: &[&str] = &[
    "Edited", "Editado", "Đã chỉnh sửa", "แก้ไขแล้ว", "已編輯", "已编辑", "تم التعديل", "Diedit", "edited",
];
#[rustfmt::skip]
pub const STATES: &[&str] = &[
    "Pinned", "Fijado", "Đã ghim", "ปักหมุดแล้ว", "已置頂", "Hidden", "Pinned comment", "Liked by creator",
];

/// Seconds.
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
const MONTH: u64 = 30 * DAY;
const YEAR: u64 = 365 * DAY;

/// Ages in words, with their seconds.
#[rustfmt::skip]
pub const AGES: &[(u64, &[&str])] = &[
    (0, &[
        "Just now", "just now", "Now", "A few seconds ago", "Ahora", "Ahora mismo", "Vừa xong", "เมื่อสักครู่", "剛剛", "刚刚",
        "الآن", "Baru sahaja", "Baru saja", "Agora mesmo", "Agora",
    ]),
    (DAY, &["Yesterday", "Ontem", "Ayer", "Hôm qua", "เมื่อวาน", "昨天"]),
];

/// Units of an age behind its number, with their seconds.
#[rustfmt::skip]
pub const AGE_UNITS: &[(u64, &[&str])] = &[
    (1, &["s", "sec", "secs", "seconds", "giây", "วินาที", "秒", "秒前"]),
    (MINUTE, &[
        "m", "min", "mins", "minute", "minutes", "minutos", "phút", "นาที", "分", "分鐘", "分钟", "分鐘前", "分钟前", "د", "دقيقة", "دقائق",
    ]),
    (HOUR, &[
        "h", "hr", "hrs", "hour", "hours", "hora", "horas", "giờ", "ชม.", "ชั่วโมง", "小時", "小时", "小時前", "小时前", "س", "ساعة", "ساعات", "jam",
    ]),
    (DAY, &["d", "day", "days", "día", "días", "ngày", "วัน", "天", "日", "天前", "ي", "يوم", "أيام", "hari"]),
    (WEEK, &[
        "w", "wk", "wks", "week", "weeks", "sem", "semana", "semanas", "tuần", "สัปดาห์", "週", "周", "週前", "أسبوع", "minggu",
        "mgg",
    ]),
    (MONTH, &["mo", "month", "months", "mes", "meses", "tháng", "เดือน", "個月"]),
    (YEAR, &["y", "yr", "yrs", "year", "years", "a", "año", "años", "năm", "ปี", "年"]),
];

/// The words of a table in which each stands beside others for the same time.
pub fn words(table: &[(u64, &[&'static str])]) -> Vec<&'static str> {
    table.iter().flat_map(|(_, words)| words.iter().copied()).collect()
}

/// Words that stand behind or before an age.
#[rustfmt::skip]
pub const AGE_WORDS: &[&str] = &["ago", "trước", "ที่แล้ว", "前", "lalu", "hace", "há", "منذ", "قبل", "vor", "il y a"];

/// What a count of reactions is followed by.
#[rustfmt::skip]
pub const COUNTED: &[&str] = &[
    "likes", "like", "Likes", "Me gusta", "lượt thích", "次讚", "個讚", "个赞", "suka",
];

/// Lines around threads, with `#` for a number and `*` for any words.
#[rustfmt::skip]
pub const THREADS: &[&str] = &[
    "View all # replies", "View # more replies", "View # replies", "View # reply", "View # more reply",
    "View more replies",
    "View 1 more reply", "View previous replies", "View replies (#)", "View replies", "Hide replies",
    "Hide all replies",
    "# replies", "# reply", "* replied", "* replied · # replies", "* replied · # reply",
    "View more comments",
    "View previous comments", "View all # comments", "View # more comments", "Load more comments",
    "Show more",
    "Most relevant", "Newest", "Newest first", "All comments", "Top comments", "Live chat", "Top chat",
    "Live chat replay",
    "Write a comment…", "Write a comment...", "Write a public comment…", "Write a reply…",
    "Write a reply...",
    "Comment as *", "Reply as *", "Reply to *…", "Add a comment…", "Add comment...", "Say something...",
    "# comments",
    "# comment", "# shares", "# share", "# views", "Comments", "Follow the conversation", "Comment", "All reactions:", "Shared with Public",
    "Comentar", "Todas las reacciones:", "Ver las # respuestas", "Ver # respuestas", "Ver # respuesta", "Ver # respuestas más",
    "Ver más comentarios",
    "Ver más respuestas", "Ocultar todas las respuestas", "Ocultar respuestas", "Comentar como *",
    "Responder como *",
    "Más relevantes", "Más recientes", "Todos los comentarios", "* respondió", "* respondió · # respuestas",
    "* respondió · # respuesta", "Escribe un comentario…", "Escribe un comentario...", "# comentarios",
    "Xem tất cả # phản hồi", "Xem # phản hồi", "Xem thêm # phản hồi", "Xem thêm bình luận", "* đã trả lời",
    "* đã trả lời · # phản hồi", "Phù hợp nhất", "Mới nhất", "Tất cả bình luận", "Viết bình luận…",
    "Bình luận dưới tên *",
    "# bình luận", "Ẩn phản hồi", "Ẩn tất cả phản hồi",
    "ดูความคิดเห็นเพิ่มเติม", "ดูการตอบกลับ # รายการ", "ดูการตอบกลับทั้งหมด # รายการ",
    "เกี่ยวข้องมากที่สุด", "ใหม่ที่สุด",
    "ความคิดเห็นทั้งหมด", "เขียนความคิดเห็น…", "* ตอบกลับแล้ว",
    "查看全部 # 則回覆", "查看 # 則回覆", "查看全部#則回覆", "查看#則回覆", "隱藏回覆", "隐藏回复", "最相關", "最新", "所有留言", "查看更多留言",
    "留言……", "以 * 的身分留言", "* 已回覆", "# 則留言", "查看另 # 則回覆",
    "رد من *", "عرض المزيد من التعليقات", "الأكثر ملاءمة", "كل التعليقات",
    "Ver todas as # respostas", "Ver as # respostas", "Ver # resposta", "Ver mais # respostas", "Ver mais comentários",
    "Ocultar respostas", "* respondeu", "* respondeu · # respostas", "* respondeu · # resposta", "Mais relevantes",
    "Mais recentes", "Todos os comentários", "Escreva um comentário…",
    "Lihat # balasan", "Paling relevan", "Semua komen", "Semua komentar",
];

/// Lines that tell what happens in a live show, with `#` and `*` as above. They belong to no comment.
#[rustfmt::skip]
pub const EVENTS: &[&str] = &[
    "* joined", "* joined the LIVE", "* followed the host", "* followed", "* shared the LIVE",
    "* shared the live",
    "* is now following the host", "* liked the LIVE", "* sent *× #", "* sent * x#", "* sent * x #",
    "* is watching",
    "* started watching", "* joined.", "Facebook",
    "Welcome to live chat! Remember to guard your privacy and abide by our community guidelines.",
    "Chat messages that appear slowly", "LIVE", "Live",
];

/// What stands in a message for a picture, a call or a message that is gone.
#[rustfmt::skip]
pub const MEDIA: &[&str] = &[
    "<Media omitted>", "<Multimedia omitido>", "image omitted", "video omitted", "audio omitted",
    "sticker omitted",
    "GIF omitted", "document omitted", "Contact card omitted", "imagen omitida", "This message was deleted",
    "This message was deleted.", "You deleted this message", "You deleted this message.",
    "Se eliminó este mensaje",
    "Se eliminó este mensaje.", "null", "Missed voice call", "Missed video call",
];

/// What the column with the buyer's name is called, folded; the better name first.
#[rustfmt::skip]
pub const NAME_COLUMNS: &[&str] = &[
    "name", "author", "user name", "username", "user", "commenter", "profile name", "full name", "author name", "from",
    "handle", "nickname", "nombre", "usuario", "autor", "tên", "người dùng", "ชื่อ", "ผู้ใช้", "姓名", "名稱", "名称", "留言者",
    "用戶", "الاسم", "nama", "author_name", "user_name", "display name", "display_name", "displayname", "authordisplayname",
    "author display name", "commenter name", "comment author", "from name", "from_name", "ownerusername", "owner username",
    "uniqueid", "unique id", "sender", "profile", "buyer", "customer", "nome", "nom", "nama pengguna", "發言者", "暱稱",
];

/// What the column with the comment is called, folded.
#[rustfmt::skip]
pub const TEXT_COLUMNS: &[&str] = &[
    "comment", "comment text", "message", "text", "content", "comments", "body", "comentario", "mensaje", "texto",
    "comment_text", "commenttext", "comment content", "comment_body", "textdisplay", "textoriginal", "text display",
    "message text", "comentários", "comentário", "mensagem", "commentaire", "pesan", "mensahe", "komento",
    "bình luận", "nội dung", "ความคิดเห็น", "ข้อความ", "留言", "留言內容", "評論", "内容", "內容", "التعليق", "komen", "komentar",
];

/// Names of months in a date.
#[rustfmt::skip]
pub const MONTHS: &[&str] = &[
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
];

/// What stands behind a clock time of twelve hours.
pub const HALVES_OF_DAY: &[&str] = &["AM", "PM", "am", "pm", "Am", "Pm", "a. m.", "p. m.", "a.m.", "p.m."];

/// Ends of a message that was changed.
#[rustfmt::skip]
pub const EDITED_ENDS: &[&str] = &[
    "<This message was edited>", "<Se editó este mensaje.>", "<Se editó este mensaje>",
];

/// Whether a text only stands for a picture, a call or a message that is gone.
pub fn is_media(text: &str) -> bool {
    TABLES.media.contains(text)
}

/// A line without a badge that stands before the name on it.
pub fn without_badge(line: &str) -> &str {
    let behind = behind_badge(line, &TABLES.badges).or_else(|| behind_badge(line, &TABLES.seller_badges));
    behind.unwrap_or(line)
}

/// `Admin · Top contributor`
pub fn are_badges(line: &str) -> bool {
    let known = |piece: &str| TABLES.badges.contains(piece) || TABLES.follow.contains(piece);
    line.contains('·') && line.split('·').all(|piece| known(piece.trim()))
}

/// A name without what stands behind it on its line (`Ana Ruiz · Follow`, `Blue Door · Author`, `Ana Ruiz · 2h`), and
/// whether that is the badge of the seller.
pub fn name_alone(line: &str) -> (&str, bool) {
    let (mut name, mut seller) = (line, false);
    while !name.is_ascii()
        && let Some((before, piece)) = name.rsplit_once(['·', '•'])
    {
        let (before, piece) = (before.trim_end(), piece.trim());
        let is_seller = TABLES.seller_badges.contains(piece);
        let known = is_seller || TABLES.badges.contains(piece) || TABLES.follow.contains(piece);
        if before.is_empty() || !(known || piece.is_empty() || super::tails::whole(piece).is_some()) {
            break;
        }
        (name, seller) = (before, seller || is_seller);
    }
    match TABLES.follow.longest_suffix(name) {
        Some(before) if before.ends_with(' ') && !before.trim_end().is_empty() => (before.trim_end(), seller),
        _ => (name, seller),
    }
}

/// What stands behind a badge at the beginning of a line.
pub fn behind_badge<'line>(line: &'line str, badges: &WordSet) -> Option<&'line str> {
    badges.longest_prefix(line)?.strip_prefix(' ')
}

/// What a number of reactions or replies is written with: `1,204`, `1.2K`.
pub fn is_of_number(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, ',' | '.' | 'K')
}

/// Whether a line matches a pattern of these tables: `#` stands for a number with its separators, `*` for any words.
pub fn matches(pattern: &str, line: &str) -> bool {
    // Nearly all patterns differ in their first character already.
    let begins = match pattern.chars().next() {
        Some('#') => line.starts_with(|character: char| character.is_ascii_digit()),
        Some('*') => true,
        Some(first) => line.starts_with(first),
        None => false,
    };
    if !begins {
        return false;
    }
    let (mut pattern, mut line) = (pattern, line);
    loop {
        let Some(place) = pattern.find(['#', '*']) else { return pattern == line };
        let (Some(before), Some(after)) = (pattern.get(..place), pattern.get(place + 1..)) else {
            return false;
        };
        let Some(rest) = line.strip_prefix(before) else { return false };
        if pattern[place..].starts_with('#') {
            let digits = rest.trim_start_matches(is_of_number);
            if digits.len() == rest.len() {
                return false;
            }
            line = digits;
        } else {
            // Only the first place where the words behind can begin is tried: the patterns need no more.
            let stop = after.find(['#', '*']).map_or(after, |end| &after[..end]);
            let words = if stop.is_empty() {
                rest.len()
            } else if stop.len() == after.len() {
                match rest.strip_suffix(stop) {
                    Some(words) => words.len(),
                    None => return false,
                }
            } else {
                match memchr::memmem::find(rest.as_bytes(), stop.as_bytes()) {
                    Some(words) => words,
                    None => return false,
                }
            };
            if words == 0 {
                return false;
            }
            line = &rest[words..];
        }
        pattern = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_numbers_and_words() {
        for (pattern, line, expected) in [
            ("View all # replies", "View all 12 replies", true),
            ("View all # replies", "View all replies", false),
            ("# comments", "1,204 comments", true),
            ("* replied · # replies", "Ana Ruiz replied · 3 replies", true),
            ("* replied", " replied", false),
            ("* sent *× #", "ben sent Rose× 5", true),
            ("رد من *", "رد من Ana", true),
            ("Newest", "Newest!", false),
        ] {
            assert_eq!(matches(pattern, line), expected, "{pattern:?} and {line:?}");
        }
    }
}
