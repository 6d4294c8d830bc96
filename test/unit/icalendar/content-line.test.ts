import { describe, expect, it } from "vitest";
import { contentLine, textValue } from "../../../src/icalendar/content-line.js";
import { attendeeLine, isMailAddress } from "../../../src/icalendar/meeting-people.js";

describe("a line of a calendar", () => {
  it("is folded so that no line has more than 75 octets and no character is cut", () => {
    const text = "Größe 💡 ".repeat(40);
    const line = contentLine("SUMMARY", textValue(text));
    for (const piece of line.split("\r\n")) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(75);
    expect(line.replaceAll("\r\n ", "")).toBe(`SUMMARY:${text}`);
  });

  it("keeps what users write in its place", () => {
    expect(textValue("a;b,c\\d\r\nEND:VEVENT\u0007")).toBe("a\\;b\\,c\\\\d\\nEND:VEVENT ");
    const line = attendeeLine({ email: "eve@example.com", name: 'Eve";RSVP=TRUE:x\r\nATTENDEE:y' }, false);
    expect(line.replaceAll("\r\n ", "")).toBe(
      'ATTENDEE;CN="Eve ;RSVP=TRUE:x ATTENDEE:y";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:eve@example.com',
    );
  });

  it("takes for addresses what can be one", () => {
    expect(isMailAddress("eve@example.com")).toBe(true);
    for (const text of ["eve", "@example.com", "a b@c", "a@b, c@d", "a@b>", "a@b\r\nBcc: c@d", "a;b@c"]) {
      expect([text, isMailAddress(text)]).toEqual([text, false]);
    }
  });
});
