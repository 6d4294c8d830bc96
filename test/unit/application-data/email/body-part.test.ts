import { describe, expect, it } from "vitest";
import type { RenderView } from "../../../../src/application-data/index.js";
import type { ItemBody } from "../../../../src/mailbox/items/body.js";
import type { EmailItem } from "../../../../src/mailbox/items/email.js";
import type { BodyPreference } from "../../../../src/mailbox/mailbox.js";
import { AirSyncBase, Calendar, child } from "../../../../src/wbxml/index.js";
import { plain } from "../../commands/command-context.js";
import { rendered, wholeView } from "../wire.js";

const html: BodyPreference = {
  type: "html",
  truncationBytes: undefined,
  allOrNone: false,
  previewCharacters: 0,
};

function mail(body?: ItemBody): EmailItem {
  const item = {
    class: "Email",
    subject: "s",
    from: "a@b",
    to: "c@d",
    dateReceivedMs: 0,
    read: false,
  } as const;
  return body === undefined ? item : { ...item, body };
}

function part(
  body: ItemBody | undefined,
  preference: Partial<BodyPreference> = {},
  version: "14.0" | "14.1" | "16.1" = "14.1",
  view: Partial<RenderView> = {},
): unknown {
  const wanted: RenderView = { ...wholeView, bodyPart: { ...html, ...preference }, ...view };
  const found = child(rendered(mail(body), version, wanted), AirSyncBase.BodyPart);
  return found && plain(found);
}

const both: ItemBody = { native: "html", html: { data: "<p>Hello</p>" }, plain: { data: "Hello" } };

describe("the message part of a mail", () => {
  it("is sent besides the body to who asks for it", () => {
    const view: RenderView = { ...wholeView, bodyPart: html };
    const data = rendered(mail(both), "16.1", view);
    expect(child(data, AirSyncBase.Body)).toBeDefined();
    expect(child(data, AirSyncBase.BodyPart)).toBeDefined();
    expect(child(rendered(mail(both), "16.1"), AirSyncBase.BodyPart)).toBeUndefined();
  });

  it("has Status, Type and size first, then the data", () => {
    expect(part(both)).toEqual([
      "BodyPart",
      ["Status", "1"],
      ["Type", "2"],
      ["EstimatedDataSize", "12"],
      ["Data", "<p>Hello</p>"],
    ]);
  });

  it("is cut at its own size, and has its own preview", () => {
    expect(part(both, { truncationBytes: 5, previewCharacters: 3 })).toEqual([
      "BodyPart",
      ["Status", "1"],
      ["Type", "2"],
      ["EstimatedDataSize", "12"],
      ["Truncated", "1"],
      ["Data", "<p>He"],
      ["Preview", "Hel"],
    ]);
  });

  it("is left out, but for its size, when all or none of it is wanted and it is too long", () => {
    expect(part(both, { truncationBytes: 5, allOrNone: true })).toEqual([
      "BodyPart",
      ["Status", "1"],
      ["Type", "2"],
      ["EstimatedDataSize", "12"],
      ["Truncated", "1"],
    ]);
  });

  it("is made HTML where there is only plain text", () => {
    const data = '<div style="white-space: pre-wrap">1 &lt; 2 &amp; 3</div>';
    expect(part({ native: "plain", plain: { data: "1 < 2 & 3" } })).toMatchObject({ 4: ["Data", data] });
  });

  it("is there, without data, for a mail without a body", () => {
    expect(part(undefined)).toEqual(["BodyPart", ["Status", "1"], ["Type", "2"], ["EstimatedDataSize", "0"]]);
  });

  it("is none before 14.1, and where no body is sent", () => {
    expect(part(both, {}, "14.0")).toBeUndefined();
    expect(part(both, {}, "14.1", { withBody: false })).toBeUndefined();
  });

  it("is none of an appointment", () => {
    const item = { class: "Calendar", subject: "s", startTimeMs: 0, endTimeMs: 1, body: both } as const;
    const data = rendered(item, "14.1", { ...wholeView, bodyPart: html });
    expect(child(data, Calendar.Subject)).toBeDefined();
    expect(child(data, AirSyncBase.BodyPart)).toBeUndefined();
  });
});
