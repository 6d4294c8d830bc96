import type { DirectPush, EasResponse } from "../../src/index.js";
import { decode, encode, type WbxmlElement } from "../../src/wbxml/index.js";

/** What the simulation uses of a server. */
export interface SimulatedServer extends Pick<DirectPush, "close" | "held"> {
  /** @param broken called instead of `respond` when the connection breaks, because the process is gone. */
  serve(
    request: Parameters<DirectPush["serve"]>[0],
    respond: Parameters<DirectPush["serve"]>[1],
    broken?: () => void,
  ): () => void;
}

/** What becomes of an exchange on a bad line. */
export type Fate = "delivered" | "request-lost" | "answer-lost";

/** What a phone learns of an exchange. */
export type Heard =
  | { readonly kind: "answered"; readonly status: number; readonly document: WbxmlElement | undefined }
  | { readonly kind: "lost" };

/** An exchange that goes on. */
export interface Exchange {
  readonly heard: Promise<Heard>;
  /** Undefined until something was heard. */
  readonly result: Heard | undefined;
  /** Whether the server has answered, heard or not. */
  readonly isAnswered: boolean;
  /** The phone, or the line, gives up; the server may learn of it or not. */
  drop(serverIsTold: boolean): void;
}

/** Who sends. */
export interface Sender {
  readonly user: string;
  readonly deviceId: string;
  readonly version: string;
}

/**
 * Carries requests from a phone to the process that runs, and answers back, if fate wills. What is answered is told to `overhear`, also
 * when the phone does not hear it.
 */
export function carry(
  directPush: SimulatedServer,
  from: Sender,
  command: string,
  document: WbxmlElement | undefined,
  fate: Fate,
  overhear: (answer: Heard) => void = () => {},
): Exchange {
  let settle: (heard: Heard) => void = () => {};
  const exchange = {
    result: undefined as Heard | undefined,
    isAnswered: false,
    heard: new Promise<Heard>((resolve) => {
      settle = resolve;
    }),
    drop(_serverIsTold: boolean): void {},
  };
  const hear = (heard: Heard): void => {
    if (exchange.result !== undefined) return;
    exchange.result = heard;
    settle(heard);
  };
  if (fate === "request-lost") {
    hear({ kind: "lost" });
    return exchange;
  }
  const respond = (response: EasResponse): void => {
    const answer = heardFrom(response);
    exchange.isAnswered = true;
    overhear(answer);
    hear(fate === "answer-lost" ? { kind: "lost" } : answer);
  };
  const gone = directPush.serve(requestOf(from, command, document), respond, () => hear({ kind: "lost" }));
  exchange.drop = (serverIsTold) => {
    hear({ kind: "lost" });
    if (serverIsTold) gone();
  };
  return exchange;
}

function heardFrom(response: EasResponse): Heard {
  const { body, status } = response;
  const document = body instanceof Uint8Array && status === 200 ? decode(body) : undefined;
  return { kind: "answered", status, document };
}

function requestOf(
  from: Sender,
  command: string,
  document: WbxmlElement | undefined,
): Parameters<DirectPush["serve"]>[0] {
  return {
    method: "POST",
    url: `/Microsoft-Server-ActiveSync?Cmd=${command}&User=${from.user}&DeviceId=${from.deviceId}&DeviceType=Simulated`,
    headers: {
      authorization: `Basic ${Buffer.from(`${from.user}:secret`).toString("base64")}`,
      "ms-asprotocolversion": from.version,
      ...(document === undefined ? {} : { "content-type": "application/vnd.ms-sync.wbxml" }),
    },
    body: document === undefined ? new Uint8Array(0) : encode(document),
    remoteAddress: undefined,
    raw: undefined,
  };
}
