import type { Tree } from "../devices/tree.js";
import { answering, casesAt, type StatusCase, type World, without } from "./world.js";

const root = casesAt("Search");
const store = casesAt("Store");
const words = (text: string): Tree => ["FreeText", text];
const range = (text: string): Tree => ["Options", ["Range", text]];

function search(name: string, query: Tree | undefined, ...more: readonly Tree[]): Tree {
  return ["Search:Search", ["Store", ["Name", name], ...(query === undefined ? [] : [query]), ...more]];
}
const mails = (...criteria: readonly Tree[]): Tree => search("Mailbox", ["Query", ["And", ...criteria]]);
const gal = (text: string, ...picture: readonly Tree[]): Tree =>
  search("GAL", ["Query", text], ["Options", ["Range", "0-9"], ["Picture", ...picture]]);
const failing = (method: "search" | "resolveRecipient" | "freeBusy"): Partial<StatusCase> => ({
  before: ({ mailbox }: World) => mailbox.faults.failWith(new Error("down"), [method]),
});
const picture = casesAt("Picture");

/** Search ([MS-ASCMD] 2.2.1.16). */
export const searchCases: readonly StatusCase[] = [
  root(1, "the store has its own", mails(words("plans"))),
  root(103, "no Store", ["Search:Search"]),
  root(103, "a Store without a name", ["Search:Search", ["Store", ["Query", "bob"]]]),
  store(1, "searched", mails(words("plans"))),
  store(1, "nothing found", mails(words("nothing"))),
  store(2, "another store", search("Elsewhere", ["Query", "x"])),
  store(2, "no query", search("Mailbox", undefined)),
  store(2, "words twice", mails(words("a"), words("b"))),
  store(2, "a range that is none", search("Mailbox", ["Query", ["And", words("a")]], range("all"))),
  store(3, "a search that failed", mails(words("plans")), failing("search")),
  store(1, "words of 2,048 characters", mails(words("x".repeat(2_048)))),
  store(8, "words of 2,049 characters", mails(words("x".repeat(2_049)))),
  store(8, "Or", search("Mailbox", ["Query", ["Or", words("a")]])),
  store(8, "what the back end cannot search for", mails(words("a")), {
    mailbox: answering("search", { kind: "too-complex" }),
  }),
  store(11, "a folder that is not there", mails(["AirSync:CollectionId", "nowhere"], words("a"))),
  store(12, "beyond the hundredth", search("Mailbox", ["Query", ["And", words("a")]], range("100-199"))),
  store(13, "document libraries", search("DocumentLibrary", ["Query", ["EqualTo"]])),
  store(13, "a mailbox without search", mails(words("a")), { mailbox: without("search") }),
  store(
    164,
    "a message part in plain text",
    search(
      "Mailbox",
      ["Query", ["And", words("a")]],
      ["Options", ["AirSyncBase:BodyPartPreference", ["Type", "1"]]],
    ),
  ),
  picture(1, "a photo", gal("White")),
  picture(173, "no photo", gal("Carol")),
  picture(174, "a photo that is too large", gal("White", ["MaxSize", "2"])),
  picture(175, "more photos than are wanted", gal("White", ["MaxPictures", "0"])),
];

const find = casesAt("Find");
const response = casesAt("Response");
const findMails = (query: readonly Tree[], ...options: readonly Tree[]): Tree => [
  "Find:Find",
  ["SearchId", "1"],
  [
    "ExecuteSearch",
    ["MailBoxSearchCriterion", ["Query", ["AirSync:Class", "Email"], ...query], ["Options", ...options]],
  ],
];
const findPeople = (text: string, ...limits: readonly Tree[]): Tree => [
  "Find:Find",
  ["SearchId", "1"],
  ["ExecuteSearch", ["GalSearchCriterion", ["Query", text], ["Options", ["Picture", ...limits]]]],
];

/** Find ([MS-ASCMD] 2.2.1.2). */
export const findCases: readonly StatusCase[] = [
  find(1, "looked for", findMails([words("plans")])),
  find(2, "no SearchId", ["Find:Find", ["ExecuteSearch", ["GalSearchCriterion", ["Query", "bob"]]]]),
  find(2, "no words", findMails([])),
  find(2, "a range that is none", findMails([words("plans")], ["Range", "all"])),
  find(2, "a mailbox without search", findMails([words("plans")]), { mailbox: without("search") }),
  find(3, "a folder that is not there", findMails([["AirSync:CollectionId", "nowhere"], words("plans")])),
  response(1, "with what was found", findMails([words("plans")])),
  response(4, "a range that does not begin with 0", findMails([words("plans")], ["Range", "5-9"])),
  picture(1, "a photo", findPeople("White")),
  picture(173, "no photo", findPeople("Carol")),
  picture(174, "a photo that is too large", findPeople("White", ["MaxSize", "2"])),
  picture(175, "more photos than are wanted", findPeople("White", ["MaxPictures", "0"])),
];

const whole = casesAt("ResolveRecipients");
const told = casesAt("Response");
const times = casesAt("Availability");
const certificates = casesAt("Certificates");
const resolve = (to: readonly string[], ...options: readonly Tree[]): Tree => [
  "ResolveRecipients:ResolveRecipients",
  ...to.map((name) => ["To", name] as const),
  ...(options.length === 0 ? [] : [["Options", ...options] as const]),
];
const available: Tree = [
  "Availability",
  ["StartTime", "2027-01-01T08:00:00.000Z"],
  ["EndTime", "2027-01-01T18:00:00.000Z"],
];
const bob = "bob@example.com";
const full: Tree = ["CertificateRetrieval", "2"];

/** ResolveRecipients ([MS-ASCMD] 2.2.1.15). */
export const resolveRecipientsCases: readonly StatusCase[] = [
  whole(1, "each name has its own", resolve([bob])),
  whole(5, "nobody", resolve([])),
  whole(5, "101 names", resolve(Array.from({ length: 101 }, () => bob))),
  whole(5, "a name of 257 characters", resolve(["x".repeat(257)])),
  whole(5, "a number above 9999", resolve([bob], ["MaxAmbiguousRecipients", "10000"])),
  whole(6, "a mailbox that cannot tell now", resolve([bob]), failing("resolveRecipient")),
  told(1, "one", resolve([bob])),
  told(2, "several", resolve(["Bob"])),
  told(3, "some of several", resolve(["Bob"], ["MaxAmbiguousRecipients", "1"])),
  told(4, "nobody of that name", resolve(["Nobody"])),
  times(1, "their time", resolve(["alice@example.com"], available)),
  times(161, "a list of 21", resolve(["crowd@example.com"], available)),
  times(162, "a mailbox that fails", resolve([bob], available), failing("freeBusy")),
  times(163, "the user may not see it", resolve([bob], available), {
    mailbox: answering("freeBusy", { kind: "forbidden" }),
  }),
  times(163, "a mailbox that cannot tell", resolve([bob], available), { mailbox: without("freeBusy") }),
  certificates(1, "all of them", resolve([bob], full)),
  certificates(7, "none", resolve(["carol@example.com"], full)),
  certificates(7, "the short form", resolve([bob], ["CertificateRetrieval", "3"])),
  certificates(8, "more than are wanted", resolve([bob], full, ["MaxCertificates", "0"])),
  picture(1, "a photo", resolve([bob], ["Picture"])),
  picture(173, "no photo", resolve(["carol@example.com"], ["Picture"])),
  picture(174, "a photo that is too large", resolve([bob], ["Picture", ["MaxSize", "2"]])),
  picture(175, "more photos than are wanted", resolve([bob], ["Picture", ["MaxPictures", "0"]])),
];
