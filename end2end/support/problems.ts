import type { BrowserContext, ConsoleMessage, Page } from "@playwright/test";

/** Everything a browser complained about; a test that leaves any unforgiven complaint fails. */
export class Problems {
  private readonly found: string[] = [];
  private readonly forgiven: RegExp[] = [];

  /** Watches every page of the context, those to come too. `origin` is the server's own. */
  constructor(
    context: BrowserContext,
    private readonly origin: () => string,
  ) {
    context.on("page", (page) => this.watch(page));
    context.pages().forEach((page) => this.watch(page));
  }

  /** Allows what a test provokes on purpose, like the console's note about a refused form. */
  forgive(pattern: RegExp): void {
    this.forgiven.push(pattern);
  }

  /** The complaints that nobody forgave. */
  remaining(): string[] {
    return this.found.filter((problem) => !this.forgiven.some((pattern) => pattern.test(problem)));
  }

  private watch(page: Page): void {
    page.on("console", (message) => this.hear(message));
    page.on("pageerror", (error) => this.found.push(`page error: ${error.message}`));
    page.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "unknown reason";
      // Leaving a page ends its open requests. That is no failure, but a test that leaves before a change was answered does not
      // know whether it was made.
      const isLeft = reason === "net::ERR_ABORTED" && request.method() !== "POST";
      if (isLeft || !request.url().startsWith(this.origin())) return;
      this.found.push(`request failed: ${request.method()} ${request.url()}: ${reason}`);
    });
    page.on("response", (response) => {
      if (response.status() < 500 || !response.url().startsWith(this.origin())) return;
      this.found.push(`server error: ${response.status()} ${response.request().method()} ${response.url()}`);
    });
  }

  private hear(message: ConsoleMessage): void {
    if (message.type() !== "error") return;
    const { url, lineNumber } = message.location();
    this.found.push(`console error: ${message.text()} (${url}:${lineNumber})`);
  }
}
