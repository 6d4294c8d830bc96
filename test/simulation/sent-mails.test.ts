import { describe, expect, it } from "vitest";
import { SentMails } from "./sent-mails.js";

/** Mails called "t1", of which each process gives one to the mail server. */
function setUp(isFollowing: () => boolean) {
  const mails = new SentMails();
  mails.toldByMemory("t1", isFollowing);
  const message = Buffer.from("Subject: t1\r\n\r\nt1\r\n");
  let process = 0;
  const given = (submissionToken: string): string | undefined => {
    process += 1;
    mails.given({ message, sender: "", recipients: [], submissionToken }, process);
    return mails.fault;
  };
  return { mails, given };
}

const two = '"t1" goes out as two mails';

describe("what a simulated server promises of a mail that it knows by what it remembers", () => {
  it("is one token while it remembers, and one other when all was lost", () => {
    const { mails, given } = setUp(() => true);
    expect([given("one"), given("one")]).toEqual([undefined, undefined]);
    mails.forgotten();
    expect([given("two"), given("two")]).toEqual([undefined, undefined]);
    expect(given("three")).toBe(two);
  });

  it("is one token when nothing was lost", () => {
    const { given } = setUp(() => true);
    expect([given("one"), given("two")]).toEqual([undefined, two]);
  });

  it("is one token for what follows nothing, whatever is lost", () => {
    const { mails, given } = setUp(() => false);
    given("one");
    mails.forgotten();
    expect([given("one"), given("two")]).toEqual([undefined, two]);
  });

  it("is the same token whatever is lost later, because nothing is remembered by then", () => {
    let remembers = true;
    const { mails, given } = setUp(() => remembers);
    given("one");
    remembers = false;
    mails.forgotten();
    given("two");
    mails.forgotten();
    expect([given("two"), given("three")]).toEqual([undefined, two]);
  });

  it("is nothing more once the phone has heard that it is sent", () => {
    const { mails, given } = setUp(() => true);
    given("one");
    mails.told("t1");
    mails.forgotten();
    expect(given("two")).toBe(two);
  });
});

describe("what a simulated server promises of a mail of which it has said that it is sent", () => {
  function answerAfter(failed: number): string | undefined {
    let failures = 0;
    const mails = new SentMails(() => failures);
    const message = Buffer.from("Subject: t1\r\n\r\nt1\r\n");
    const mail = { message, sender: "", recipients: [], submissionToken: "one" };
    mails.given(mail, 1);
    failures += failed;
    mails.answered("t1");
    mails.given(mail, 2);
    return mails.fault;
  }

  it("is that no process gives it to the mail server again", () => {
    expect(answerAfter(0)).toBe('"t1" was sent, and is given to the mail server again');
  });

  it("is the token alone where it could not note that", () => {
    expect(answerAfter(1)).toBeUndefined();
  });
});
