import type { LmdbStateStore } from "../../lmdb/index.js";
import type { Relay } from "../../relay/relay.js";
import { MemoryStateStore } from "../../state/memory-state-store.js";
import type { StateStore } from "../../state/state-store.js";
import type { Finding } from "./check/finding.js";
import { errorFields, type JsonLog } from "./json-log.js";
import type { RedisSettings, ServeSettings } from "./settings.js";

/** State that is open. */
export interface OpenState {
  readonly store: StateStore;
  /** How processes that share the state tell one another, where it brings that along. */
  readonly relay: Relay | undefined;
  /** What it is and whether all is well with it, for the operator. */
  findings(): Promise<readonly Finding[]>;
  /** Forgets devices that were not seen for long, now and then, until it is closed; for one of the processes that share the state. */
  forgetDevices(log: JsonLog): void;
  close(): Promise<void>;
}

const FIRST_AFTER_MS = 10 * 60_000;
const EVERY_MS = 12 * 3_600_000;

/** Opens the state: in memory, in a folder, or in Redis. */
export async function openState({
  state,
  forgetAfterDays,
}: Pick<ServeSettings, "state" | "forgetAfterDays">): Promise<OpenState> {
  switch (state.kind) {
    case "memory":
      return inMemory();
    case "folder":
      return await inFolder(state.folder, forgetAfterDays);
    case "redis":
      return await inRedis(state, forgetAfterDays);
  }
}

function inMemory(): OpenState {
  const text = "state in memory: phones load everything again after a restart";
  return {
    store: new MemoryStateStore(),
    relay: undefined,
    findings: async () => [{ isWell: true, text }],
    forgetDevices: () => {},
    close: async () => {},
  };
}

async function inFolder(folder: string, unseenDays: number): Promise<OpenState> {
  const lmdb = await import("../../lmdb/index.js");
  const store = new lmdb.LmdbStateStore({ folder });
  let stopForgetting = (): void => {};
  return {
    store,
    relay: undefined,
    findings: async () => [{ isWell: true, text: `the state in ${folder}` }],
    forgetDevices: (log) => {
      if (unseenDays > 0) stopForgetting = forgetNowAndThen(store, unseenDays, log);
    },
    async close() {
      stopForgetting();
      await store.close();
    },
  };
}

function forgetNowAndThen(store: LmdbStateStore, unseenDays: number, log: JsonLog): () => void {
  const forget = async (): Promise<void> => {
    try {
      const { dropped, kept } = await store.prune(unseenDays);
      log.write("info", "devices-forgotten", { unseenDays, dropped, kept });
    } catch (error) {
      log.write("error", "devices-not-forgotten", errorFields(error));
    }
    timer = setTimeout(forget, EVERY_MS).unref();
  };
  let timer = setTimeout(forget, FIRST_AFTER_MS).unref();
  return () => clearTimeout(timer);
}

/** Redis forgets devices by itself. */
async function inRedis(settings: RedisSettings, forgetAfterDays: number): Promise<OpenState> {
  const { openRedis } = await import("./redis/open-redis.js");
  const { redisFindings } = await import("./redis/redis-findings.js");
  const redis = await openRedis({ settings, forgetAfterDays });
  return {
    store: redis.store,
    relay: redis.relay,
    findings: async () => redisFindings(settings.place, await redis.information()),
    forgetDevices: () => {},
    close: () => redis.close(),
  };
}
