/** A server that answers as a test says, without a network: for answers that this package's own server never gives. */

import type { EasCall, EasResult, EasTransport } from "../../../src/client/index.js";
import { DirectPushError } from "../../../src/errors.js";
import {
  AirSync,
  child,
  childText,
  element,
  FolderHierarchy,
  Ping,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";

/** What a request is answered: a document, an HTTP status, nothing ever (`hold`), or a result as it is. */
export type Answer = WbxmlElement | number | "empty" | "hold" | EasResult;

/** Answers of one command, in their order; the last one is repeated. */
export type Script = Readonly<Record<string, readonly (Answer | ((call: EasCall) => Answer))[]>>;

export class ScriptedTransport implements EasTransport {
  readonly url = "https://mail.example.com/Microsoft-Server-ActiveSync";
  readonly calls: EasCall[] = [];
  readonly #script: Script;
  readonly #counts = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(script: Script) {
    this.#script = { ...usual, ...script };
  }

  /** The documents that were sent with one command. */
  sent(command: string): (WbxmlElement | undefined)[] {
    return this.calls.filter((call) => call.command === command).map(({ document }) => document);
  }

  async send(call: EasCall): Promise<EasResult> {
    this.calls.push(call);
    const count = this.#counts.get(call.command) ?? 0;
    this.#counts.set(call.command, count + 1);
    const answers = this.#script[call.command] ?? [];
    const answer = answers[Math.min(count, answers.length - 1)];
    if (answer === undefined) throw new Error(`no answer to ${call.command}`);
    return await this.#result(call, typeof answer === "function" ? answer(call) : answer);
  }

  disconnect(): void {}

  close(): void {
    this.#closing.abort();
  }

  async #result(call: EasCall, answer: Answer): Promise<EasResult> {
    if (answer === "hold") return await this.#held(call);
    const told = { kind: "answered", headers: offered, document: undefined, afterSeconds: 0.1 } as const;
    if (answer === "empty") return { ...told, status: 200 };
    if (typeof answer === "number") return { ...told, status: answer };
    return "kind" in answer ? answer : { ...told, status: 200, document: answer };
  }

  #held({ signal }: EasCall): Promise<EasResult> {
    const signals = [this.#closing.signal, ...(signal === undefined ? [] : [signal])];
    return new Promise((resolve) => {
      const end = (): void => resolve({ kind: "aborted", afterSeconds: 0 });
      for (const one of signals) {
        if (one.aborted) end();
        one.addEventListener("abort", end);
      }
    });
  }
}

const offered = { "ms-asprotocolversions": "2.5,12.1,14.1", "ms-asprotocolcommands": "Sync,Ping" };

/** A Ping answer. */
export function pingAnswer(status: number, ...more: (WbxmlElement | undefined)[]): WbxmlElement {
  return element(Ping.Ping, [textElement(Ping.Status, status), ...more]);
}

/** Status 2 with these folders. */
export function changedAnswer(...folders: string[]): WbxmlElement {
  return pingAnswer(
    2,
    element(
      Ping.Folders,
      folders.map((id) => textElement(Ping.Folder, id)),
    ),
  );
}

/** A FolderSync answer with folders by their Types. */
export function foldersAnswer(syncKey: string, folders: Readonly<Record<string, number>>): WbxmlElement {
  const added = Object.entries(folders).map(([id, type]) =>
    element(FolderHierarchy.Add, [
      textElement(FolderHierarchy.ServerId, id),
      textElement(FolderHierarchy.ParentId, "0"),
      textElement(FolderHierarchy.DisplayName, id),
      textElement(FolderHierarchy.Type, type),
    ]),
  );
  return element(FolderHierarchy.FolderSync, [
    textElement(FolderHierarchy.Status, 1),
    textElement(FolderHierarchy.SyncKey, syncKey),
    element(FolderHierarchy.Changes, [textElement(FolderHierarchy.Count, added.length), ...added]),
  ]);
}

/** A Sync answer about the folder that was asked for. */
export function syncAnswer(
  call: EasCall,
  status: number,
  syncKey: string | undefined,
  ...more: WbxmlElement[]
): WbxmlElement {
  const folder = childText(requestedCollection(call), AirSync.CollectionId) ?? "";
  const collection = element(AirSync.Collection, [
    syncKey === undefined ? undefined : textElement(AirSync.SyncKey, syncKey),
    textElement(AirSync.CollectionId, folder),
    textElement(AirSync.Status, status),
    ...more,
  ]);
  return element(AirSync.Sync, [element(AirSync.Collections, [collection])]);
}

/** The key that a Sync presents. */
export function presentedKey(call: EasCall): string | undefined {
  return childText(requestedCollection(call), AirSync.SyncKey);
}

function requestedCollection({ document }: EasCall): WbxmlElement | undefined {
  return child(child(document, AirSync.Collections), AirSync.Collection);
}

/** An account with three folders and nothing in them. */
const usual: Script = {
  OPTIONS: ["empty"],
  FolderSync: [foldersAnswer("1", { inbox: 2, calendar: 8, sent: 5 }), foldersAnswer("1", {})],
  Sync: [(call) => (presentedKey(call) === "0" ? syncAnswer(call, 1, "k1") : "empty")],
  Ping: ["hold"],
};

/** A connection that was cut after so many seconds. */
export function cutAfter(afterSeconds: number): EasResult {
  return { kind: "cut", error: new Error("ECONNRESET"), afterSeconds };
}

/** An answer that is a page of a captive portal. */
export const portal: EasResult = {
  kind: "unreadable",
  status: 200,
  headers: {},
  error: new DirectPushError("ERR_WBXML_HEADER", "not WBXML"),
  afterSeconds: 0.1,
};
