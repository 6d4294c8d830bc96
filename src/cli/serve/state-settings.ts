import { join } from "node:path";
import { type GivenOptions, SettingsProblem } from "./given-options.js";
import { type Environment, wholeNumber } from "./option-values.js";
import type { RedisSettings, StateSettings } from "./settings.js";

const urlVariable = "DIRECT_PUSH_REDIS_URL";
const LONGEST_IN_REDIS_DAYS = 3_650;

/** What the options say of where state is kept. @throws SettingsProblem */
export function readState(given: GivenOptions, environment: Environment): StateSettings {
  const redis = readRedis(given, environment);
  if (redis === undefined) return readFolder(given.state, environment);
  if (given.state === undefined) return redis;
  const other = given.redis === undefined ? urlVariable : "--redis";
  throw new SettingsProblem(`Give --state or ${other}, not both: with Redis all state is there.`);
}

/** After how many days a device is forgotten. @throws SettingsProblem */
export function readForgetAfterDays(given: GivenOptions, state: StateSettings): number {
  if (state.kind !== "redis") return wholeNumber(given, "forget-after", 90, 0, 36_500);
  if (given["forget-after"] === "0") {
    throw new SettingsProblem(
      `--forget-after 0 (never) is not to be had with Redis: give 1 to ${LONGEST_IN_REDIS_DAYS} days`,
    );
  }
  return wholeNumber(given, "forget-after", 90, 1, LONGEST_IN_REDIS_DAYS);
}

function readRedis(given: GivenOptions, environment: Environment): RedisSettings | undefined {
  const [first, ...more] = given.redis ?? [];
  if (first !== undefined) return redisSettings("--redis", [first, ...more], false);
  const [url, ...others] = environment[urlVariable]?.match(/\S+/g) ?? [];
  return url === undefined ? undefined : redisSettings(urlVariable, [url, ...others], true);
}

/** The texts are never repeated in a message: they may hold a password. */
function redisSettings(
  source: string,
  texts: readonly [string, ...string[]],
  mayHavePassword: boolean,
): RedisSettings {
  const urls = texts.map((text) => redisUrl(source, text, mayHavePassword));
  if (
    new Set(urls.map(({ protocol, username, password }) => [protocol, username, password].join())).size > 1
  ) {
    throw new SettingsProblem(
      `Every ${source} is a node of one Redis Cluster: the nodes have the same user and password, and all redis:// or all rediss://`,
    );
  }
  if (urls.length > 1 && urls.some(({ pathname }) => /\d/.test(pathname))) {
    throw new SettingsProblem(
      `${source} has the number of a database, which nodes of a Redis Cluster have not`,
    );
  }
  return { kind: "redis", urls: texts, place: urls.map(placeOf).join(", ") };
}

function redisUrl(source: string, text: string, mayHavePassword: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "") {
    throw new SettingsProblem(
      `${source} is none of redis://redis.example.com:6379 and rediss://redis.example.com`,
    );
  }
  if (url.password !== "" && !mayHavePassword) {
    throw new SettingsProblem(
      `${source} must not hold a password, which others can see in the list of processes: set ${urlVariable} in its place`,
    );
  }
  if (!/^\/?\d{0,4}$/.test(url.pathname) || url.search !== "" || url.hash !== "") {
    throw new SettingsProblem(`${source} has more than a name, a port and the number of a database`);
  }
  return url;
}

function placeOf({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

/** systemd names the folder that it made for a unit; else it is where programs of a user keep such things. */
function readFolder(given: string | undefined, environment: Environment): StateSettings {
  if (given === "memory") return { kind: "memory" };
  if (given === "") throw new SettingsProblem("--state is a folder, or memory");
  return { kind: "folder", folder: given ?? usualFolder(environment) };
}

function usualFolder({ STATE_DIRECTORY: ofUnit, XDG_STATE_HOME: ofUser, HOME: home }: Environment): string {
  if (ofUnit) return ofUnit.split(":")[0] ?? ofUnit;
  if (ofUser) return join(ofUser, "direct-push");
  if (home) return join(home, ".local/state/direct-push");
  throw new SettingsProblem("Give --state: there is no home folder to keep it in.");
}
