import {
  AirSyncBase,
  child,
  childText,
  element,
  MeetingResponse,
  textElement,
} from "../../src/wbxml/index.js";
import { carry, type Fate, type Heard, type Sender } from "./carrier.js";
import { isDown } from "./outage.js";
import type { PhoneFolder } from "./phone-folder.js";
import type { PhoneWorld } from "./phone-world.js";
import { must } from "./violation.js";

const accepted = "1";
const declined = "3";
const responses = [accepted, "2", declined];

/** An answer to an invitation that the server is not yet heard to have taken. */
interface UnheardAnswer {
  readonly folder: string;
  readonly id: string;
  /** Of the meeting. */
  readonly title: string;
  readonly response: string;
  /** What the user writes to the organizer, told from all else; undefined where the phone tells nobody. */
  readonly words: string | undefined;
  /** Which attempt at the meeting it was when it was sent first; undefined until then, and no answer was heard since. */
  firstAttempt: number | undefined;
}

/** The invitations that the user of one phone has answered, by MeetingResponse. */
export class MeetingAnswers {
  readonly #sender: Sender;
  readonly #world: PhoneWorld;
  readonly #queue: UnheardAnswer[] = [];
  /** By what was answered, {@link PhoneWorld.emptied} when the server last took an answer: it remembers that until all is lost. */
  readonly #taken = new Map<string, number>();

  constructor(sender: Sender, world: PhoneWorld) {
    this.#sender = sender;
    this.#world = world;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** The user answers one of the invitations in some folders, if there are any. */
  choose(folders: readonly PhoneFolder[], words: string): void {
    const { random } = this.#world;
    const invitations = folders
      .filter(({ itemClass }) => itemClass === "Email")
      .flatMap(({ id: folder, items }) => [...items].map(([id, { title }]) => ({ folder, id, title })))
      .filter(({ title }) => isInvitation(title));
    const invitation = random.pick(invitations);
    if (invitation === undefined) return;
    if (this.#queue.some(({ id }) => id === invitation.id)) return;
    const response = random.pick(responses) ?? accepted;
    const isTold = this.#sender.version >= "16.0" && random.chance(0.8);
    this.#queue.push({ ...invitation, response, words: isTold ? words : undefined, firstAttempt: undefined });
  }

  /** Sends the oldest answer, or tries to. Returns whether the phone heard what became of it. */
  async send(fate: Fate): Promise<boolean> {
    const [answer] = this.#queue;
    if (answer === undefined) return true;
    const { words, title, response } = answer;
    const { ledger, sentMails, meetingAttempts } = this.#world;
    const { user, deviceId } = this.#sender;
    const attempt = meetingAttempts.tried(user, title, deviceId, response);
    const sent = { ...answer };
    // The process may die in the middle, and the phone then hears nothing of it.
    answer.firstAttempt ??= attempt;
    const isTried = sent.firstAttempt !== undefined;
    if (words !== undefined) this.#expectMail(words, sent);
    ledger.doomed(this.#sender.user, answer.folder, answer.id);
    const disturbances = this.#world.disturbances();
    const check = (heard: Heard): void => {
      if (statusOf(heard) !== "1") return;
      this.#taken.set(subjectOf(sent), this.#world.emptied());
      if (words !== undefined) sentMails.answered(words);
      if (disturbances === this.#world.disturbances()) this.#check(sent, heard);
    };
    const exchange = carry(
      this.#world.server(),
      this.#sender,
      "MeetingResponse",
      documentOf(answer),
      fate,
      check,
    );
    const heard = await exchange.heard;
    // After a process died in the middle another waits for a while before it takes the answer for its own.
    const isWaiting = heard.kind === "answered" && heard.status === 503 && isTried;
    if (heard.kind === "lost" || isWaiting || isDown(heard, undefined, this.#world)) return false;
    const status = statusOf(heard);
    // Others changed the appointment at the same time.
    if (status === "3" && disturbances !== this.#world.disturbances()) return false;
    const isThere = this.#world.mailboxHas(this.#sender.user, answer.folder, answer.id);
    must(
      status === "1" || (status === "2" && !isThere),
      () => `${this.#sender.deviceId}: the answer to "${answer.title}" got Status ${status}`,
    );
    if (status === "1" && words !== undefined) sentMails.told(words);
    this.#queue.shift();
    return true;
  }

  /** What the organizer may be sent now. */
  #expectMail(words: string, sent: UnheardAnswer): void {
    const { sentMails } = this.#world;
    if (sent.firstAttempt !== undefined) sentMails.repeated(words, () => this.#isUndone(sent));
    // To accept, decline and accept again is three answers, of which the third looks like the first.
    sentMails.toldByMemory(words, () => this.#taken.get(subjectOf(sent)) === this.#world.emptied());
  }

  /** An answer cannot be told from a repeat of it but by the appointment: where others have made something else of that, it is answered anew. */
  #isUndone({ title, response, firstAttempt = 0 }: UnheardAnswer): boolean {
    const { user } = this.#sender;
    const isGone = response !== declined && this.#world.appointments(user, title).length === 0;
    return isGone || this.#world.meetingAttempts.isAnsweredOtherwise(user, title, firstAttempt);
  }

  /**
   * The appointment that the server names is there, and no other of the meeting; none is of one that was just declined. A repeat may be told of
   * what others have made of it since.
   */
  #check({ title, response, words, firstAttempt }: UnheardAnswer, heard: Heard): void {
    const { user, deviceId } = this.#sender;
    const appointments = this.#world.appointments(user, title);
    const named = childText(resultOf(heard), MeetingResponse.CalendarId);
    const isTried = firstAttempt !== undefined;
    const isNew = words !== undefined && !isTried;
    // What a repeat names may be gone since.
    const isNamed = named !== undefined && (isTried || this.#world.mailboxHas(user, "calendar", named));
    const isRight =
      response === declined ? named === undefined && !(isNew && appointments.length > 0) : isNamed;
    if (isRight && appointments.length <= 1) return;
    const what = `the answer ${response} to "${title}" named ${named}, and there is ${appointments.join()}`;
    // It happens inside of the process, which would take what is thrown for its own.
    this.#world.ledger.fault ??= `${deviceId}: ${what}`;
  }
}

/** Whether a mail with that title invites. */
export function isInvitation(title: string): boolean {
  return title.startsWith("i");
}

/** What is answered. */
function subjectOf({ folder, id }: UnheardAnswer): string {
  return `${folder} ${id}`;
}

function documentOf({ folder, id, response, words }: UnheardAnswer): ReturnType<typeof element> {
  const body = [textElement(AirSyncBase.Type, 1), textElement(AirSyncBase.Data, words ?? "")];
  const mail = element(MeetingResponse.SendResponse, [element(AirSyncBase.Body, body)]);
  return element(MeetingResponse.MeetingResponse, [
    element(MeetingResponse.Request, [
      textElement(MeetingResponse.UserResponse, response),
      textElement(MeetingResponse.CollectionId, folder),
      textElement(MeetingResponse.RequestId, id),
      words === undefined ? undefined : mail,
    ]),
  ]);
}

function resultOf(heard: Heard): ReturnType<typeof child> {
  return heard.kind === "lost" ? undefined : child(heard.document, MeetingResponse.Result);
}

function statusOf(heard: Heard): string | undefined {
  return childText(resultOf(heard), MeetingResponse.Status);
}
