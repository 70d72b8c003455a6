import type { FullResult, Reporter, TestCase } from "@playwright/test/reporter";

/** Ends a run with one plain line of counts, which any tool can read. */
export default class ClosingLine implements Reporter {
  private readonly tests = new Set<TestCase>();

  onTestEnd(test: TestCase): void {
    this.tests.add(test);
  }

  onEnd(result: FullResult): void {
    const outcomes = [...this.tests].map((test) => test.outcome());
    const count = (...wanted: string[]) => outcomes.filter((outcome) => wanted.includes(outcome)).length;
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
