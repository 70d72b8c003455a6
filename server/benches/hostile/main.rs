//! Whether strangers and members of ill will can keep honest people out: the real program is sent ten thousand hostile
//! requests while others sign in again and again, some in a browser that they used before, some in a new one. Prints a table;
//! fails if a bound is not kept.

mod attacks;
mod wire;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::sleep};

use attacks::{Attack, Member};
use wire::{form, post, read_answer};

/// Hostile requests in all, and how many are under way at once.
const REQUESTS: usize = 10_000;
const AT_ONCE: usize = 200;
/// What must hold: the honest sign-in of 95 in a hundred, and the most memory that the program ever had.
const MOST_MILLISECONDS: u128 = 1_000;
const MOST_MEBIBYTES: u64 = 400;
/// What a sign-in that was refused or broken counts as.
const REFUSED: Duration = Duration::from_secs(60);
/// How long the program may take to begin, and to stop when it is told to.
const PATIENCE: Duration = Duration::from_secs(60);
/// The whole run ends by itself after this.
const MOST_SECONDS: u64 = 30 * 60;

/// Honest people of each kind. Nobody signs in dozens of times in a quarter of an hour, so they take turns.
const PEOPLE: usize = 100;
/// What passes between two sign-ins of one kind.
const PAUSE: Duration = Duration::from_millis(50);
/// The password of everybody, good or bad.
const PASSWORD: &str = "a quiet long password";
const HOSTILE_EMAIL: &str = "hostile@shop.example";
/// The client whom the trusted proxy, which is played here, names while it is waited for the program.
const NOBODY: &str = "192.0.2.1";

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The program, started on its own data. It is killed when this is dropped.
struct Program(Child);

impl Program {
    fn start(address: SocketAddr, folder: &Path) -> Result<Self, Problem> {
        let child = Command::new(env!("CARGO_BIN_EXE_selltrac"))
            .arg("serve")
            .current_dir(folder)
            .env("SELLTRAC_ADDRESS", address.to_string())
            .env("SELLTRAC_DATA", folder.join("data"))
            .env("SELLTRAC_SITE_ROOT", folder)
            .env("SELLTRAC_TRUSTED_PROXIES", "127.0.0.1")
            .env_remove("SELLTRAC_CONFIG")
            .env_remove("SELLTRAC_DATABASE")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(folder.join("log"))?)
            .spawn()?;
        Ok(Program(child))
    }

    /// The most memory that it ever had, in MiB.
    fn peak_mebibytes(&self) -> Result<u64, Problem> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes: u64 =
            peak.and_then(|peak| peak.split_whitespace().next()).ok_or("no VmHWM")?.parse()?;
        Ok(kibibytes / 1024)
    }

    /// Tells it to stop and waits. Says how long that took.
    async fn stop(mut self) -> Result<Duration, Problem> {
        let begun = Instant::now();
        #[cfg(unix)]
        rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.0),
            rustix::process::Signal::TERM,
        )?;
        while self.0.try_wait()?.is_none() {
            if begun.elapsed() > PATIENCE {
                return Err("the program does not stop".into());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(begun.elapsed())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn until_ready(address: SocketAddr) -> Result<(), Problem> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Ok(answer) = wire::get(address, "/health/ready", NOBODY, "").await
            && answer.starts_with("HTTP/1.1 200")
        {
            return Ok(());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Err("the program does not begin".into())
}

fn registration(email: &str) -> String {
    form(&[
        ("form[name]", "Olive Owner"),
        ("form[business_name]", "Moonlit Silver"),
        ("form[email]", email),
        ("form[password]", PASSWORD),
        ("form[address][line1]", "1 Market Street"),
        ("form[address][city]", "Austin"),
        ("form[address][region]", "TX"),
        ("form[address][postal_code]", "78701"),
        ("form[address][country]", "US"),
        ("form[currency]", "USD"),
        ("form[weight_unit]", "oz"),
    ])
}

/// Registers somebody and gives the cookies of their session and of their browser.
async fn register(address: SocketAddr, email: &str, client: &str) -> Result<(String, String), Problem> {
    let answer = read_answer(address, &post("/api/register", client, "", &registration(email))).await?;
    let cookie = |name: &str| {
        let mut cookies = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookies.find(|cookie| cookie.split('=').next() == Some(name));
        cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned)
    };
    cookie("selltrac")
        .zip(cookie("selltrac-browser"))
        .ok_or_else(|| format!("nobody can register: {answer}").into())
}

/// Somebody who only wants to sign in: the request with which they do.
struct Person(String);

impl Person {
    /// Registers people, each from a network of their own. Those who come back in the browser that they know keep its cookie.
    async fn register_all(address: SocketAddr, kind: Kind) -> Result<Vec<Person>, Problem> {
        let mut people = Vec::new();
        for number in 1..=PEOPLE {
            let (network, keeps) = match kind {
                Kind::Known => ("198.51.100", true),
                Kind::New => ("192.0.2", false),
            };
            let (email, client) = (format!("{kind:?}-{number}@shop.example"), format!("{network}.{number}"));
            let (_, browser) = register(address, &email, &client).await?;
            let cookie = if keeps { format!("Cookie: {browser}\r\n") } else { String::new() };
            let body = form(&[("form[email]", &email), ("form[password]", PASSWORD)]);
            people.push(Person(post("/api/sign-in", &client, &cookie, &body)));
        }
        Ok(people)
    }
}

/// Where an honest person signs in.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// In a browser that they used before.
    Known,
    /// In one that they never used.
    New,
}

/// How honest people fared.
#[derive(Default)]
struct Fared {
    took: Vec<Duration>,
    /// How often each refusal came.
    refused: BTreeMap<String, usize>,
}

impl Fared {
    /// The share of a hundred that took no longer.
    fn of_a_hundred(&self, share: usize) -> Duration {
        let last = self.took.len().saturating_sub(1);
        self.took.get((last * share).div_ceil(100)).copied().unwrap_or(REFUSED)
    }
}

/// Lets people sign in one after the other until all attacks are over.
async fn sign_in_again_and_again(address: SocketAddr, people: Vec<Person>, left: Arc<AtomicUsize>) -> Fared {
    let mut fared = Fared::default();
    for Person(request) in people.iter().cycle() {
        if left.load(Ordering::Relaxed) == 0 {
            break;
        }
        let begun = Instant::now();
        let said = match read_answer(address, request).await {
            Ok(answer) => answer.lines().next().unwrap_or("nothing").to_owned(),
            Err(error) => error.to_string(),
        };
        if said.starts_with("HTTP/1.1 200") {
            fared.took.push(begun.elapsed());
        } else {
            fared.took.push(REFUSED);
            *fared.refused.entry(said).or_default() += 1;
        }
        sleep(PAUSE).await;
    }
    fared.took.sort();
    fared
}

/// Sends all hostile requests, some at once.
async fn attack(address: SocketAddr, member: Arc<Member>, left: Arc<AtomicUsize>) {
    let mut attackers = JoinSet::new();
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..AT_ONCE {
        let (next, left, member) = (next.clone(), left.clone(), member.clone());
        attackers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= REQUESTS {
                    return;
                }
                // Whatever becomes of it: the attacker does not care.
                let _ = Attack::of(number).carry_out(address, &member, number).await;
                left.fetch_sub(1, Ordering::Relaxed);
            }
        });
    }
    while attackers.join_next().await.is_some() {}
}

/// Whether all bounds were kept.
async fn run(out: &mut impl Write) -> Result<bool, Problem> {
    let folder = tempfile::tempdir()?;
    // A port that is free now; nobody else on this machine is expected to take it in the next moment.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let program = Program::start(address, folder.path())?;
    until_ready(address).await?;
    let (known, new) =
        (Person::register_all(address, Kind::Known).await?, Person::register_all(address, Kind::New).await?);
    let (session, browser) = register(address, HOSTILE_EMAIL, "203.0.113.1").await?;
    let member = Member { email: HOSTILE_EMAIL, session, browser };
    if cfg!(debug_assertions) {
        writeln!(out, "Not optimised: what is measured says nothing of a delivered program.")?;
    }
    writeln!(out, "{REQUESTS} hostile requests, {AT_ONCE} at once…")?;

    let begun = Instant::now();
    let left = Arc::new(AtomicUsize::new(REQUESTS));
    let known = tokio::spawn(sign_in_again_and_again(address, known, left.clone()));
    let new = tokio::spawn(sign_in_again_and_again(address, new, left.clone()));
    attack(address, Arc::new(member), left).await;
    let honest = [("a known browser", known.await?), ("a new browser", new.await?)];
    let lasted = begun.elapsed();
    let peak = program.peak_mebibytes()?;
    let stopped = program.stop().await?;
    let log = fs::read_to_string(folder.path().join("log"))?;
    let panics = log.matches("panicked at").count();

    let mut is_slow = false;
    writeln!(out, "| what | is | must be |\n|---|--:|---|")?;
    for (place, fared) in &honest {
        let [half, most, all] = [50, 95, 100].map(|share| fared.of_a_hundred(share).as_millis());
        writeln!(out, "| honest sign-ins in {place} | {} | |", fared.took.len())?;
        for (said, times) in &fared.refused {
            writeln!(out, "| refused or broken, which counts as a minute: {said} | {times} | |")?;
        }
        writeln!(out, "| half of them within | {half} ms | |")?;
        writeln!(out, "| 95 of 100 within | {most} ms | under {MOST_MILLISECONDS} ms |")?;
        writeln!(out, "| the slowest | {all} ms | |")?;
        is_slow |= most >= MOST_MILLISECONDS;
    }
    writeln!(out, "| most memory | {peak} MiB | under {MOST_MEBIBYTES} MiB |")?;
    writeln!(out, "| panics | {panics} | 0 |")?;
    writeln!(out, "| the run | {} s | |", lasted.as_secs())?;
    writeln!(out, "| told to stop, it ended after | {} ms | |", stopped.as_millis())?;
    Ok(!is_slow && peak < MOST_MEBIBYTES && panics == 0)
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut out = io::stdout();
    let outcome = tokio::time::timeout(Duration::from_secs(MOST_SECONDS), run(&mut out)).await;
    let (code, words) = match outcome {
        Ok(Ok(true)) => (ExitCode::SUCCESS, "All bounds were kept.".to_owned()),
        Ok(Ok(false)) => (ExitCode::FAILURE, "A bound was not kept.".to_owned()),
        Ok(Err(error)) => (ExitCode::FAILURE, format!("The run broke: {error}")),
        Err(_) => (ExitCode::FAILURE, "The run took too long.".to_owned()),
    };
    let _ = writeln!(out, "{words}");
    code
}
