import { describe, expect, it } from "vitest";
import { globalObjectId } from "../../../../src/application-data/email/global-object-id.js";
import type { EmailItem } from "../../../../src/mailbox/items/email.js";
import { child, Email, Email2 } from "../../../../src/wbxml/index.js";
import { fullEmail } from "../full-items.js";
import { contentAt, rendered } from "../wire.js";

const least: EmailItem = {
  class: "Email",
  subject: "Hello",
  from: "a@example.org",
  to: "",
  dateReceivedMs: Date.UTC(2010, 3, 8, 18, 16),
  read: false,
};

describe("a mail on the wire", () => {
  it("has the defaults that devices rely on", () => {
    const element = rendered(least, "14.1");
    expect(contentAt(element, Email.DateReceived)).toBe("2010-04-08T18:16:00.000Z");
    expect(contentAt(element, Email.Importance)).toBe("1");
    expect(contentAt(element, Email.Read)).toBe("0");
    expect(contentAt(element, Email.MessageClass)).toBe("IPM.Note");
    expect(contentAt(element, Email.InternetCPID)).toBe("65001");
    expect(contentAt(element, Email.ContentClass)).toBe("urn:content-classes:message");
    expect(contentAt(element, Email.Flag)).toBeNull();
    expect(child(element, Email.To)).toBeUndefined();
  });

  it("has a conversation from 14.0 on, made of the topic when the mailbox tells none", () => {
    const element = rendered(least, "14.0");
    const answer = rendered({ ...least, subject: "Re: Hello", threadTopic: "Hello" }, "14.0");
    expect(contentAt(element, Email2.ConversationId)).toHaveLength(16);
    expect(contentAt(element, Email2.ConversationIndex)).toHaveLength(5);
    expect(contentAt(answer, Email2.ConversationId)).toEqual(contentAt(element, Email2.ConversationId));
    expect(contentAt(rendered(fullEmail, "14.0"), Email2.ConversationId)).toEqual(new Uint8Array(16).fill(7));
  });

  it("cuts too many recipients between two of them", () => {
    const to = Array.from({ length: 3000 }, (_, index) => `user${index}@example.org`).join(", ");
    const sent = contentAt(rendered({ ...least, to }, "14.1"), Email.To);
    expect(typeof sent === "string" && sent.length).toBeLessThanOrEqual(32_768);
    expect(sent).toMatch(/@example\.org$/);
  });

  it("leaves out a date that cannot be written, rather than fail", () => {
    expect(
      child(rendered({ ...least, dateReceivedMs: Number.NaN }, "14.1"), Email.DateReceived),
    ).toBeUndefined();
    expect(child(rendered({ ...least, dateReceivedMs: 9e15 }, "14.1"), Email.DateReceived)).toBeUndefined();
  });

  it("names the busy status and reminder of a meeting", () => {
    const element = rendered(fullEmail, "14.1");
    expect(contentAt(element, Email.MeetingRequest, Email.BusyStatus)).toBe("2");
    expect(contentAt(element, Email.MeetingRequest, Email.Reminder)).toBe("900");
    expect(contentAt(element, Email.MeetingRequest, Email.Recurrences, Email.Recurrence, Email.Type)).toBe(
      "1",
    );
  });
});

describe("globalObjectId", () => {
  it("wraps a foreign UID", () => {
    const bytes = Buffer.from(globalObjectId("uid-1", undefined), "base64");
    expect(bytes.subarray(0, 16).toString("hex")).toBe("040000008200e00074c5b7101a82e008");
    expect(bytes.subarray(16, 36)).toEqual(Buffer.alloc(20));
    expect(bytes.readUInt32LE(36)).toBe(bytes.length - 40);
    expect(bytes.subarray(40).toString("latin1")).toBe("vCal-Uid\u0001\0\0\0uid-1\0");
  });

  it("keeps the bytes of a UID that is one, and names an instance", () => {
    const uid = `040000008200E00074C5B7101A82E008${"00".repeat(20)}02000000ABCD`;
    expect(Buffer.from(globalObjectId(uid, undefined), "base64").toString("hex")).toBe(uid.toLowerCase());
    const instance = Buffer.from(globalObjectId(uid, Date.UTC(2010, 3, 8)), "base64");
    expect(instance.subarray(16, 20).toString("hex")).toBe("07da0408");
  });
});
