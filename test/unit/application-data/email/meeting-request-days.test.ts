import { describe, expect, it } from "vitest";
import { meetingRequest } from "../../../../src/application-data/email/meeting-request.js";
import { timeZoneOf } from "../../../../src/mailbox/time-zone/time-zone.js";
import { childText, Email } from "../../../../src/wbxml/index.js";

const view = { bodies: [], withBody: false, mimeSupport: 0 } as const;
const day = Date.UTC(2026, 6, 1);

describe("the meeting request of an all-day meeting", () => {
  it.each([
    ["12.1", "2026-06-30T22:00:00.000Z", "2026-07-01T22:00:00.000Z"],
    ["14.1", "2026-06-30T22:00:00.000Z", "2026-07-01T22:00:00.000Z"],
    ["16.0", "2026-07-01T00:00:00.000Z", "2026-07-02T00:00:00.000Z"],
  ] as const)("in version %s begins at %s", (version, start, end) => {
    const request = {
      uid: "u",
      dtStampMs: 0,
      startTimeMs: day,
      endTimeMs: day + 86_400_000,
      allDayEvent: true,
      timezone: timeZoneOf("Europe/Berlin", 2026) ?? "",
    };
    const written = meetingRequest.write(Email.MeetingRequest, request, { version, view });
    const shown = [Email.StartTime, Email.EndTime].map((tag) => written && childText(written, tag));
    expect(shown).toEqual([start, end]);
  });
});
