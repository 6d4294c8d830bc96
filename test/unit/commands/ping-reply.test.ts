import { describe, expect, test } from "vitest";
import { encodePing } from "../../../src/commands/ping-reply.js";
import { encodeAnswer, repeatedAnswer } from "../../../src/commands/repeated-answer.js";
import { element, encode, Ping, textElement } from "../../../src/wbxml/index.js";

function changed(...folders: readonly string[]) {
  return element(Ping.Ping, [
    textElement(Ping.Status, 2),
    element(
      Ping.Folders,
      folders.map((folder) => textElement(Ping.Folder, folder)),
    ),
  ]);
}

describe("the documents of a Ping's answers", () => {
  test.each([1, 3, 4, 7, 8] as const)("Status %i is made once, and is itself", (status) => {
    const document = encodePing({ status });
    expect(document).toEqual(element(Ping.Ping, [textElement(Ping.Status, status)]));
    expect(encodePing({ status })).toBe(document);
  });

  test("one changed folder is told by its own answer, however many folders were told before", () => {
    for (let folder = 0; folder < 1_000; folder += 1) {
      const document = encodePing({ status: 2, folders: [`folder ${folder}`] });
      expect(document).toEqual(changed(`folder ${folder}`));
      expect(encodePing({ status: 2, folders: [`folder ${folder}`] })).toBe(document);
    }
    expect(encodePing({ status: 2, folders: ["folder 0"] })).toEqual(changed("folder 0"));
  });

  test("several folders are told in their order", () => {
    expect(encodePing({ status: 2, folders: ["b", "a"] })).toEqual(changed("b", "a"));
  });

  test("bounds are told as they are", () => {
    for (const heartbeatSeconds of [60, 3540]) {
      expect(encodePing({ status: 5, heartbeatSeconds })).toEqual(
        element(Ping.Ping, [
          textElement(Ping.Status, 5),
          textElement(Ping.HeartbeatInterval, heartbeatSeconds),
        ]),
      );
    }
  });
});

describe("an answer that is given again and again", () => {
  test("has the bytes of any other, made once", () => {
    const document = changed("inbox");
    const usual = encodeAnswer(document);
    expect(encodeAnswer(document)).not.toBe(usual);
    const repeated = repeatedAnswer(document);
    expect(repeated).toBe(document);
    expect([...encodeAnswer(repeated)]).toEqual([...encode(changed("inbox"))]);
    expect(encodeAnswer(repeated)).toBe(encodeAnswer(repeated));
  });
});
