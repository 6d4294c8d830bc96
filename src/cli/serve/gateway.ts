import { createDirectPush, type DirectPush } from "../../direct-push.js";
import type { Relay } from "../../relay/relay.js";
import type { StateStore } from "../../state/state-store.js";
import { logEvents } from "./event-lines.js";
import type { JsonLog } from "./json-log.js";
import type { MailBackend } from "./mail-backend.js";
import { openPhonePort, type PhonePort } from "./phone-port.js";
import { logRequests } from "./request-lines.js";
import type { ServeSettings } from "./settings.js";

/** What a gateway is put together of. */
export interface GatewayParts {
  readonly settings: Pick<
    ServeSettings,
    "listen" | "trustedProxies" | "autodiscoverUrl" | "heartbeat" | "drainSeconds"
  >;
  readonly backend: MailBackend;
  readonly state: StateStore;
  readonly log: JsonLog;
  /** How it tells the other processes that serve the same phones; undefined where there are none. */
  readonly relay?: Relay;
  /** How often the certificate's files are looked at, in milliseconds. */
  readonly certificateEveryMs?: number;
}

/** A server that phones can reach. */
export interface Gateway {
  readonly directPush: DirectPush;
  readonly port: number;
  /** Answers what is held, spread over the time that was set, then ends. A second call gets the same promise. */
  close(): Promise<void>;
}

/** Puts a server together and opens its port. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { settings, backend, state, log, relay, certificateEveryMs } = parts;
  const { listen, trustedProxies, autodiscoverUrl, heartbeat, drainSeconds } = settings;
  const { mailbox, source, submission } = backend;
  const directPush = createDirectPush({
    mailbox,
    source,
    state,
    heartbeat,
    trustedProxies,
    authenticate: (attempt) => backend.authenticate(attempt),
    closeSpreadMs: drainSeconds * 1_000,
    ...(submission !== undefined && { submission }),
    ...(relay !== undefined && { relay }),
    ...(autodiscoverUrl !== undefined && { autodiscover: { url: autodiscoverUrl } }),
  });
  logRequests(directPush.events, log);
  logEvents(directPush.events, log);
  const phonePort = await openPhonePort(directPush, {
    listen,
    trustedProxies,
    log,
    ...(certificateEveryMs !== undefined && { certificateEveryMs }),
  });
  let closed: Promise<void> | undefined;
  return {
    directPush,
    port: phonePort.port,
    close: () => {
      closed ??= end(directPush, phonePort);
      return closed;
    },
  };
}

async function end(directPush: DirectPush, phonePort: PhonePort): Promise<void> {
  phonePort.stopTaking();
  await directPush.close();
  await phonePort.close();
}
