import type { Dovecot } from "../../test/integration/dovecot.js";
import { nowNs } from "../held/messages.js";
import { type BenchRow, median } from "../row.js";
import { type ImapWay, withBench } from "./measure-run.js";
import type { InitialSync } from "./messages.js";

const MAILS = 1_000;
/** A mail as people write it, in both formats: some 6 kB as it is stored. */
const PARAGRAPHS = 12;

/** A phone that begins with an inbox of 1,000 mails, against a client that fetches them, as they are, at once. */
export async function measureInitialSync(build: string, way: ImapWay, rounds: number): Promise<BenchRow[]> {
  const synced: number[] = [];
  const fetched: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const rates = await withBench(build, way, ["full", "warm0"], async ({ dovecot, phones, port }) => {
      await fill(dovecot, "warm0", 100);
      await fill(dovecot, "full", MAILS);
      await phones.ask({ kind: "initial-sync", port, user: "warm0" });
      const { mails, seconds } = (await phones.ask({
        kind: "initial-sync",
        port,
        user: "full",
      })) as InitialSync;
      if (mails !== MAILS) throw new Error(`${mails} mails were synced instead of ${MAILS}`);
      return { synced: mails / seconds, fetched: await fetchAll(dovecot, "full") };
    });
    synced.push(rates.synced);
    fetched.push(rates.fetched);
  }
  const [value, baseline] = [median(synced), median(fetched)];
  return [
    {
      group: "a mailbox behind IMAP",
      name: `first sync of ${MAILS} mails, against their FETCH as a whole`,
      unit: "mails/s",
      value,
      ratio: value / baseline,
    },
  ];
}

async function fill(dovecot: Dovecot, user: string, count: number): Promise<void> {
  const client = await dovecot.client(user);
  for (let number = 0; number < count; number += 1) await client.append("INBOX", mailOf(user, number));
  client.close();
}

function mailOf(user: string, number: number): string {
  const words = `Mail ${number} has a text of its own, which goes on for a while as such texts do, and then ends.`;
  const lines = Array.from({ length: PARAGRAPHS }, (_, index) => `${index + 1}. ${words}`);
  return [
    "From: Carol <carol@example.com>",
    `To: ${user}@example.com`,
    `Subject: Mail ${number}`,
    `Message-ID: <bench-${number}@example.com>`,
    "Date: Sat, 28 Nov 2026 12:00:00 +0000",
    "MIME-Version: 1.0",
    'Content-Type: multipart/alternative; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain; charset=utf-8",
    "",
    lines.join("\r\n\r\n"),
    "--b",
    "Content-Type: text/html; charset=utf-8",
    "",
    `<html><body>${lines.map((line) => `<p style="margin:0 0 1em 0">${line}</p>`).join("\r\n")}</body></html>`,
    "--b--",
    "",
  ].join("\r\n");
}

/** Mails a second. */
async function fetchAll(dovecot: Dovecot, user: string): Promise<number> {
  const client = await dovecot.client(user);
  const before = nowNs();
  await client.mailboxOpen("INBOX", { readOnly: true });
  let mails = 0;
  for await (const { source } of client.fetch("1:*", { uid: true, flags: true, source: true }))
    if (source !== undefined) mails += 1;
  const seconds = (nowNs() - before) / 1e9;
  client.close();
  return mails / seconds;
}
