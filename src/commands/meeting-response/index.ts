import { meetingsOf } from "../../mailbox/abilities/meetings.js";
import { CommonStatus } from "../../protocol/status.js";
import { inTurn } from "../../sync-state/collection-turns.js";
import { MeetingResponse } from "../../wbxml/code-pages/meeting-response.js";
import type { WbxmlElement } from "../../wbxml/element.js";
import { children, childText } from "../../wbxml/reading.js";
import { element, optionalText, textElement } from "../../wbxml/writing.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { answeringUnavailable } from "../unavailable.js";
import { answerMeeting, type MeetingResult } from "./answer-meeting.js";
import { readRequest } from "./request.js";
import { MeetingStatus } from "./status.js";

/** Most requests of one document ([MS-ASCMD] 3.1.5.10). */
const maxRequests = 100;

/** No device has such an id: it stands for the meetings that a user answers among what is done in turn, on whichever device. */
const meetings = "#meetings";

/** MeetingResponse ([MS-ASCMD] 2.2.1.11): meetings are answered in the order of the request. */
export const meetingResponse: Command = {
  name: "MeetingResponse",
  rootTag: MeetingResponse.MeetingResponse,
  statusTag: MeetingResponse.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: true,
  // Without a way to tell the organizer, who accepts would be expected by nobody.
  supportedBy: (mailbox, submission) => meetingsOf(mailbox) !== undefined && submission !== undefined,
  run: answeringUnavailable(run),
};

async function run({ document }: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const isOurs = document?.tag === MeetingResponse.MeetingResponse;
  const requests = isOurs ? children(document, MeetingResponse.Request) : [];
  if (requests.length === 0 || requests.length > maxRequests) {
    return { kind: "common-status", status: CommonStatus.InvalidXml };
  }
  const { state, device } = context;
  const results = await inTurn(state, [device.user, meetings, ""], async () => {
    const answered: WbxmlElement[] = [];
    for (const request of requests) answered.push(encode(request, await answer(request, context)));
    return answered;
  });
  return { kind: "document", document: element(MeetingResponse.MeetingResponse, results) };
}

async function answer(request: WbxmlElement, context: CommandContext): Promise<MeetingResult> {
  const read = readRequest(request, context.device.version);
  if (read === "bad-instance") return { status: CommonStatus.InvalidDateTime };
  return read === undefined ? { status: MeetingStatus.Invalid } : answerMeeting(read, context);
}

function encode(request: WbxmlElement, { status, calendarId }: MeetingResult): WbxmlElement {
  return element(MeetingResponse.Result, [
    optionalText(MeetingResponse.RequestId, childText(request, MeetingResponse.RequestId)),
    textElement(MeetingResponse.Status, status),
    optionalText(MeetingResponse.CalendarId, calendarId),
    optionalText(MeetingResponse.InstanceId, childText(request, MeetingResponse.InstanceId)),
  ]);
}
