import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitted } from "../../../src/application-data/fitted-text.js";
import type { RenderView } from "../../../src/application-data/index.js";
import type { ItemBody } from "../../../src/mailbox/items/body.js";
import type { EmailItem } from "../../../src/mailbox/items/email.js";
import type { BodyPreference } from "../../../src/mailbox/mailbox.js";
import { AirSyncBase, child, childElements, type WbxmlElement } from "../../../src/wbxml/index.js";
import { contentAt, rendered, wholeView } from "./wire.js";

const both: ItemBody = {
  native: "html",
  plain: { data: "plain" },
  html: { data: "<p>html</p>" },
  mime: { data: Buffer.from("Subject: x\r\n\r\nplain") },
};

function prefer(type: BodyPreference["type"], options: Partial<BodyPreference> = {}): BodyPreference {
  return { type, truncationBytes: undefined, allOrNone: false, previewCharacters: 0, ...options };
}

function mail(body: ItemBody, messageClass = "IPM.Note"): EmailItem {
  return {
    class: "Email",
    subject: "s",
    from: "f",
    to: "t",
    dateReceivedMs: 0,
    read: false,
    messageClass,
    body,
  };
}

interface SentBody {
  readonly type: unknown;
  readonly data: unknown;
  readonly size: unknown;
  readonly truncated: unknown;
  readonly preview: unknown;
}

function sent(item: EmailItem, view: Partial<RenderView>, version: "12.1" | "14.1" = "14.1"): SentBody {
  const body: WbxmlElement = rendered(item, version, { ...wholeView, ...view });
  const at = (tag: number): unknown => contentAt(body, AirSyncBase.Body, tag);
  return {
    type: at(AirSyncBase.Type),
    data: at(AirSyncBase.Data),
    size: at(AirSyncBase.EstimatedDataSize),
    truncated: at(AirSyncBase.Truncated),
    preview: at(AirSyncBase.Preview),
  };
}

describe("the format of a body", () => {
  it("is plain text when nothing is asked for", () => {
    expect(sent(mail(both), {})).toMatchObject({ type: "1", data: "plain", size: "5", truncated: undefined });
  });

  it("is the first that the device asks for and the body has", () => {
    expect(sent(mail(both), { bodies: [prefer("html"), prefer("plain")] })).toMatchObject({
      type: "2",
      data: "<p>html</p>",
    });
    expect(sent(mail(both), { bodies: [prefer("rtf"), prefer("html")] }).type).toBe("2");
  });

  it("is plain text made of HTML when there is only HTML", () => {
    const html: ItemBody = { native: "html", html: { data: "<p>a</p><p>b</p>" } };
    expect(sent(mail(html), { bodies: [prefer("plain")] })).toMatchObject({
      type: "1",
      data: "a\r\n\r\nb",
      size: "6",
    });
  });

  it("is plain text when HTML is asked for and there is none", () => {
    const plain: ItemBody = { native: "plain", plain: { data: "plain" } };
    expect(sent(mail(plain), { bodies: [prefer("html")] })).toMatchObject({ type: "1", data: "plain" });
  });

  it("is MIME only when Type 4 is asked for and MIMESupport says so", () => {
    const bodies = [prefer("html"), prefer("mime")];
    expect(sent(mail(both), { bodies, mimeSupport: 0 }).type).toBe("2");
    expect(sent(mail(both), { bodies, mimeSupport: 1 }).type).toBe("2");
    expect(sent(mail(both), { bodies, mimeSupport: 2 })).toMatchObject({
      type: "4",
      data: "Subject: x\r\n\r\nplain",
    });
    expect(sent(mail(both), { bodies: [prefer("html")], mimeSupport: 2 }).type).toBe("2");
    expect(sent(mail(both), { bodies: [prefer("mime")], mimeSupport: 0 }).type).toBe("1");
  });

  it("is MIME for S/MIME mails with MIMESupport 1", () => {
    const smime = mail(both, "IPM.Note.SMIME.MultipartSigned");
    expect(sent(smime, { bodies: [prefer("plain"), prefer("mime")], mimeSupport: 1 }).type).toBe("4");
  });

  it("tells how the body is stored", () => {
    expect(contentAt(rendered(mail(both), "14.1"), AirSyncBase.NativeBodyType)).toBe("2");
  });

  it("is none when no body is asked for", () => {
    const element = rendered(mail(both), "14.1", { ...wholeView, withBody: false });
    expect(child(element, AirSyncBase.Body)).toBeUndefined();
    expect(child(element, AirSyncBase.NativeBodyType)).toBeUndefined();
  });

  it("keeps the order of the schema", () => {
    const view: RenderView = {
      ...wholeView,
      bodies: [prefer("html", { truncationBytes: 4, previewCharacters: 5 })],
    };
    const tags = childElements(child(rendered(mail(both), "14.1", view), AirSyncBase.Body)).map(
      ({ tag }) => tag,
    );
    expect(tags).toEqual([
      AirSyncBase.Type,
      AirSyncBase.EstimatedDataSize,
      AirSyncBase.Truncated,
      AirSyncBase.Data,
      AirSyncBase.Preview,
    ]);
  });
});

describe("truncation of a body", () => {
  const umlauts = mail({ native: "plain", plain: { data: "äöü" } });

  it("counts bytes of UTF-8 and splits no character", () => {
    expect(sent(umlauts, { bodies: [prefer("plain", { truncationBytes: 5 })] })).toMatchObject({
      data: "äö",
      size: "6",
      truncated: "1",
    });
    expect(sent(umlauts, { bodies: [prefer("plain", { truncationBytes: 6 })] })).toMatchObject({
      data: "äöü",
      truncated: undefined,
    });
  });

  it("sends no data for a limit of 0", () => {
    expect(sent(umlauts, { bodies: [prefer("plain", { truncationBytes: 0 })] })).toMatchObject({
      type: "1",
      data: undefined,
      size: "6",
      truncated: "1",
    });
  });

  it("tells the size of the whole when the mailbox gave only the beginning", () => {
    const part = mail({ native: "plain", plain: { data: "begin", fullSizeBytes: 1000 } });
    expect(sent(part, {})).toMatchObject({ data: "begin", size: "1000", truncated: "1" });
  });

  it("goes on to the next preference rather than truncate all-or-none", () => {
    const bodies = [
      prefer("html", { truncationBytes: 4, allOrNone: true }),
      prefer("plain", { truncationBytes: 4 }),
    ];
    expect(sent(mail(both), { bodies })).toMatchObject({ type: "1", data: "plai", truncated: "1" });
  });

  it("sends the size alone when all-or-none leaves nothing", () => {
    const bodies = [prefer("plain", { truncationBytes: 4, allOrNone: true })];
    expect(sent(mail(both), { bodies })).toMatchObject({
      type: "1",
      data: undefined,
      size: "5",
      truncated: "1",
    });
  });

  it("cuts base64 of RTF at whole groups", () => {
    const rtf = mail({ native: "rtf", rtf: { data: "AAAABBBBCCCC" } });
    expect(sent(rtf, { bodies: [prefer("rtf", { truncationBytes: 7 })] })).toMatchObject({
      type: "3",
      data: "AAAA",
    });
  });

  it("cuts MIME, in UTF-8 or not, and tells its size", () => {
    const view = { bodies: [prefer("mime", { truncationBytes: 4 })], mimeSupport: 2 } as const;
    const utf8 = mail({ native: "plain", mime: { data: Buffer.from("abcä, and much more of it") } });
    expect(sent(utf8, view)).toMatchObject({ type: "4", data: "abc", size: "26", truncated: "1" });
    const latin = mail({ native: "plain", mime: { data: Buffer.from("ab\xe4c, and more", "latin1") } });
    expect(sent(latin, view)).toMatchObject({ type: "4", data: "abä", truncated: "1" });
  });

  it("removes the character that ends strings in WBXML", () => {
    expect(sent(mail({ native: "plain", plain: { data: "a\0b" } }), {}).data).toBe("ab");
  });
});

describe("fitted", () => {
  it("gives the longest prefix of whole characters that fits", () => {
    const property = fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, maxBytes) => {
      const { text: prefix, truncated } = fitted(text, maxBytes);
      expect(text.startsWith(prefix)).toBe(true);
      expect(Buffer.byteLength(prefix)).toBeLessThanOrEqual(maxBytes);
      expect(truncated).toBe(prefix !== text);
      const next = [...text.slice(prefix.length)][0] ?? "";
      if (truncated) expect(Buffer.byteLength(prefix + next)).toBeGreaterThan(maxBytes);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

describe("the preview of a body", () => {
  const bodies = [prefer("html", { previewCharacters: 3 })];

  it("is sent when asked for, from 14.0 on", () => {
    expect(sent(mail(both), { bodies }).preview).toBe("pla");
    expect(sent(mail(both), { bodies }, "12.1").preview).toBeUndefined();
    expect(sent(mail(both), { bodies: [prefer("html")] }).preview).toBeUndefined();
  });

  it("is not sent beside plain text, which shows its own beginning", () => {
    expect(sent(mail(both), { bodies: [prefer("plain", { previewCharacters: 3 })] }).preview).toBeUndefined();
    const none = [prefer("plain", { previewCharacters: 3, truncationBytes: 0 })];
    expect(sent(mail(both), { bodies: none })).toMatchObject({ data: undefined, preview: "pla" });
  });
});
