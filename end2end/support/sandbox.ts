import { expect } from "@playwright/test";

/** One mail that the sandbox's mail server has taken. */
export interface Mail {
  id: string;
  /** The envelope's sender and recipients. */
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string | null;
  /** The names of attached files. */
  attachments: string[];
  /** In UTC, like 2026-10-28T09:30:00Z. */
  received_at: string;
}

/** Every mail so far, or those to one address, the newest first. */
export async function inbox(sandboxUrl: string, address?: string): Promise<Mail[]> {
  const query = address === undefined ? "" : `?${new URLSearchParams({ to: address })}`;
  const response = await fetch(`${sandboxUrl}/inbox.json${query}`);
  if (!response.ok) throw new Error(`the sandbox's inbox answered ${response.status}`);
  return (await response.json()) as Mail[];
}

/** Waits for a mail to one address whose subject matches, and gives the newest such mail. */
export async function mailTo(sandboxUrl: string, address: string, subject: RegExp, timeout = 20_000): Promise<Mail> {
  let found: Mail | undefined;
  await expect(async () => {
    found = (await inbox(sandboxUrl, address)).find((mail) => subject.test(mail.subject));
    expect(found, `a mail to ${address} about ${subject}`).toBeDefined();
  }).toPass({ timeout });
  return found as Mail;
}

/** What the sandbox can be told to do wrong. Times are in milliseconds; a status is 400 to 599. */
export type Fault =
  | { kind: "status"; status: number }
  | { kind: "delay_ms"; delay_ms: number }
  | { kind: "drop_after_commit" }
  | { kind: "nonsense" }
  | { kind: "duplicate" }
  | { kind: "wrong_amount" };

/** A fault, where it shall happen (an operation of the provider's, or "any"), and how often (once if left out). */
export interface FaultRule {
  provider: "stripe" | "easypost" | "smtp";
  operation: string;
  fault: Fault;
  times?: number;
}

/** Orders a fault; the sandbox refuses one that could never happen. */
export async function orderFault(sandboxUrl: string, rule: FaultRule): Promise<void> {
  const response = await fetch(`${sandboxUrl}/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(rule),
  });
  if (!response.ok) throw new Error(`the sandbox refused a fault: ${await response.text()}`);
}

/** Takes back every fault that has not happened yet. */
export async function clearFaults(sandboxUrl: string): Promise<void> {
  const response = await fetch(`${sandboxUrl}/faults`, { method: "DELETE" });
  if (!response.ok) throw new Error(`the sandbox kept its faults: ${response.status}`);
}
