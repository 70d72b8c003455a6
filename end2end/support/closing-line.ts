import type { FullResult, Reporter, TestCase } from "@playwright/test/reporter";

/** Ends a run with what failed, a line each, and one plain line of counts, which any tool can read. */
export default class ClosingLine implements Reporter {
  private readonly tests = new Set<TestCase>();

  onTestEnd(test: TestCase): void {
    this.tests.add(test);
  }

  onEnd(result: FullResult): void {
    const tests = [...this.tests];
    for (const test of tests.filter((test) => test.outcome() === "unexpected")) console.log(failure(test));
    const count = (...wanted: string[]) => tests.filter((test) => wanted.includes(test.outcome())).length;
    const skipped = count("skipped");
    console.log(
      `browser: ${count("expected", "flaky")} passed, ${count("unexpected")} failed` +
        (skipped > 0 ? `, ${skipped} skipped` : ""),
    );
    if (result.status !== "passed") console.log(`the browser tests ended as: ${result.status}`);
  }

  printsToStdio(): boolean {
    return false;
  }
}

/** Which test failed, where, and what it said first. */
function failure(test: TestCase): string {
  const error = test.results.at(-1)?.error;
  // The message is coloured for a terminal.
  const said = (error?.message ?? "no reason was given").replace(/\x1b\[[0-9;]*m/g, "");
  const lines = said.split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 4);
  const where = error?.location ? ` (line ${error.location.line})` : "";
  return `FAILED ${test.titlePath().filter(Boolean).join(" › ")}${where}: ${lines.join(" | ")}`;
}
