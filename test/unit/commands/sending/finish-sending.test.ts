import { describe, expect, it } from "vitest";
import { alice, bob, mailToBob, SendingBench, sourceOf } from "./sending-bench.js";

const saved = { clientId: "1", save: true } as const;

describe("a mail that is out", () => {
  it("was sent, whatever becomes of its copy", async () => {
    const bench = new SendingBench();
    bench.mailbox.create = async () => ({ kind: "quota-exceeded" });
    expect(await bench.mail("SendMail", mailToBob(), saved)).toBe("sent");
    expect(await bench.items(bob, "inbox")).toHaveLength(1);
    expect(bench.told.sourceFailures.map(String)).toEqual([
      "Error: The copy of a mail that was sent is refused: quota-exceeded",
    ]);
    bench.mailbox.deleteFolder(alice, "sent");
    const another = mailToBob({ "Message-ID": "<2@phone>" });
    expect(await bench.mail("SendMail", another, { clientId: "2", save: true })).toBe("sent");
    expect(bench.told.sourceFailures).toHaveLength(2);
  });

  it("does not go out again when its copy or its mark had to wait, and gets both", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, mailToBob());
    const wishes = { ...saved, source: sourceOf("inbox", id) };
    for (const method of ["create", "setLastVerb"] as const) {
      bench.mailbox.faults.failWith(new Error("down"), [method]);
      expect(await bench.mail("SmartReply", mailToBob(), wishes)).toBe("unavailable");
    }
    bench.mailbox.faults.recover();
    expect(await bench.mail("SmartReply", mailToBob(), wishes)).toBe("sent");
    expect(bench.mailbox.faults.calls("submit")).toBe(1);
    expect(await bench.items(alice, "sent")).toHaveLength(1);
    expect(await bench.items(alice, "inbox")).toMatchObject([{ lastVerb: { executed: "reply" } }]);
  });

  it("gets no copy where the mail server keeps one by itself", async () => {
    const bench = new SendingBench();
    Object.assign(bench.mailbox.submission, { keepsCopies: true });
    expect(await bench.mail("SendMail", mailToBob(), saved)).toBe("sent");
    expect(await bench.items(bob, "inbox")).toHaveLength(1);
    expect(await bench.items(alice, "sent")).toHaveLength(0);
  });

  it("is marked nowhere in a mailbox that cannot", async () => {
    const bench = new SendingBench();
    const id = bench.mailbox.deliver(alice, mailToBob());
    Object.assign(bench.mailbox, { setLastVerb: undefined });
    expect(await bench.mail("SmartReply", mailToBob(), { source: sourceOf("inbox", id) })).toBe("sent");
  });
});
