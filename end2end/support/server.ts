import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The line that `selltrac demo` prints once both of its parts listen. */
const readyLine = /^SellTrac is ready at (http:\/\/\S+) \(sandbox (http:\/\/[^\s)]+)\)/;

/** How long a server may take from its start to its ready line, and from the signal to its end. */
const startMilliseconds = 180_000;
const stopMilliseconds = 30_000;

/** A demo of SellTrac, listening on this machine only, with a data folder of its own. */
export class DemoServer {
  /** Where SellTrac answers, without a slash at the end. */
  url = "";
  /** Where its sandbox answers: the stand-in for gateways, carriers and mail. */
  sandboxUrl = "";

  private process: ChildProcess | undefined;
  private readonly output: string[] = [];

  private constructor(private readonly folder: string) {}

  /** Starts a server with an empty data folder, and waits until it is ready. */
  static async start(): Promise<DemoServer> {
    const server = new DemoServer(await mkdtemp(join(tmpdir(), "selltrac-demo-")));
    try {
      await server.run();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** What the server has written so far, for a failed test's report. */
  get log(): string {
    return this.output.join("\n");
  }

  /** Ends the server as an operator would, and removes its data. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Ends the server without a warning, as a power cut would, and starts it again on the same data. */
  async crashAndRestart(): Promise<void> {
    await this.end("SIGKILL");
    await this.run();
  }

  private async run(): Promise<void> {
    const child = spawn(program(), ["demo", "--address", "127.0.0.1:0", "--data", this.folder], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    createInterface({ input: child.stderr }).on("line", (line) => this.output.push(line));
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => {
        clearTimeout(timer);
        reject(new Error(`${why}\n${this.log}`));
      };
      const timer = setTimeout(() => fail("the server was not ready in time"), startMilliseconds);
      child.once("error", (error) => fail(`the server cannot be started: ${error.message}`));
      child.once("exit", (code, signal) => fail(`the server ended early (${code ?? signal})`));
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.output.push(line);
        const ready = readyLine.exec(line);
        if (!ready?.[1] || !ready[2]) return;
        this.url = ready[1].replace(/\/$/, "");
        this.sandboxUrl = ready[2].replace(/\/$/, "");
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMilliseconds);
    await ended;
    clearTimeout(timer);
  }
}

/** The built program: tools/test.sh names it; by hand it is found where tools/lib.sh builds it. */
function program(): string {
  const cache = process.env.SELLTRAC_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "selltrac");
  const target = process.env.CARGO_TARGET_DIR ?? join(cache, "target");
  return process.env.SELLTRAC_PROGRAM ?? join(target, "debug", "selltrac");
}
