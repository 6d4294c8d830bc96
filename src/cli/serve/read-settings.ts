import type { HeartbeatLearning } from "../../options.js";
import { type GivenOptions, SettingsProblem } from "./given-options.js";
import { readMailSettings } from "./mail-settings.js";
import { duration, type Environment, oneOf, wholeNumber } from "./option-values.js";
import type { ListenSettings, LogLevel, OperatorPort, ServeSettings, StatusPort } from "./settings.js";
import { readForgetAfterDays, readState } from "./state-settings.js";

const LONGEST_HEARTBEAT_SECONDS = 3540;
/** TCP's own default. */
const LONGEST_KEEP_ALIVE_SECONDS = 7200;
const LONGEST_DRAIN_SECONDS = 60;
const MOST_WORKERS = 256;

/** Makes settings of options, with everything that was left out. @throws SettingsProblem */
export function readSettings(given: GivenOptions, environment: Environment): ServeSettings {
  const minSeconds = duration(given, "min-heartbeat", 60, LONGEST_HEARTBEAT_SECONDS);
  const maxSeconds = duration(given, "max-heartbeat", LONGEST_HEARTBEAT_SECONDS, LONGEST_HEARTBEAT_SECONDS);
  if (minSeconds > maxSeconds) throw new SettingsProblem("--min-heartbeat is longer than --max-heartbeat");
  if (given.user !== undefined && given.check !== true) {
    throw new SettingsProblem("--user is for --check: phones log in by themselves");
  }
  const state = readState(given, environment);
  return {
    mail: readMailSettings(given, environment),
    listen: readListen(given),
    trustedProxies: given["trust-proxy"] ?? [],
    state,
    forgetAfterDays: readForgetAfterDays(given, state),
    autodiscoverUrl: given.autodiscover,
    heartbeat: {
      minSeconds,
      maxSeconds,
      learning: oneOf<HeartbeatLearning>(given, "learning", ["answer-early", "off", "observe", "refuse"]),
    },
    workers: wholeNumber(given, "workers", 1, 1, MOST_WORKERS),
    drainSeconds: duration(given, "drain", 5, LONGEST_DRAIN_SECONDS),
    metrics: operatorPort(given, "metrics-port", "metrics-host"),
    status: statusPort(given),
    logLevel: oneOf<LogLevel>(given, "log-level", ["info", "warn", "error"]),
    check: given.check === true ? { user: given.user } : undefined,
  };
}

function readListen(given: GivenOptions): ListenSettings {
  const { cert, key, host } = given;
  if ((cert === undefined) !== (key === undefined))
    throw new SettingsProblem("Give --cert and --key, or neither.");
  const certificate = cert === undefined || key === undefined ? undefined : { certFile: cert, keyFile: key };
  const keepAliveSeconds = duration(given, "tcp-keep-alive", 0, LONGEST_KEEP_ALIVE_SECONDS);
  return {
    host,
    port: port(given, "port") ?? (certificate === undefined ? 8080 : 443),
    certificate,
    ...(keepAliveSeconds > 0 && { keepAliveSeconds }),
  };
}

function operatorPort(
  given: GivenOptions,
  portName: "metrics-port" | "status-port",
  hostName: "metrics-host" | "status-host",
): OperatorPort | undefined {
  const number = port(given, portName);
  if (number === undefined && given[hostName] !== undefined) {
    throw new SettingsProblem(`--${hostName} needs --${portName}`);
  }
  return number === undefined ? undefined : { host: given[hostName] ?? "127.0.0.1", port: number };
}

function statusPort(given: GivenOptions): StatusPort | undefined {
  const names = given["status-name"] ?? [];
  const listen = operatorPort(given, "status-port", "status-host");
  if (listen === undefined && names.length > 0) {
    throw new SettingsProblem("--status-name needs --status-port");
  }
  return listen && { ...listen, names };
}

function port(given: GivenOptions, name: "port" | "metrics-port" | "status-port"): number | undefined {
  return given[name] === undefined ? undefined : wholeNumber(given, name, 0, 0, 65_535);
}
