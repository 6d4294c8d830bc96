import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serveFlags, serveHelp } from "../../../../src/cli/serve/flags.js";
import { givenOptions, SettingsProblem } from "../../../../src/cli/serve/given-options.js";
import { readSettings } from "../../../../src/cli/serve/read-settings.js";

const home = { HOME: "/home/mail" };
const imap = ["--imap", "imaps://mail.example.com"];

function settings(args: readonly string[], environment: Record<string, string> = home) {
  return readSettings(givenOptions(args), environment);
}

function problemOf(args: readonly string[], environment: Record<string, string> = home): string {
  try {
    settings(args, environment);
  } catch (error) {
    if (error instanceof SettingsProblem) return error.message;
    throw error;
  }
  return "";
}

it("needs an IMAP server alone", () => {
  expect(settings(imap)).toEqual({
    mail: {
      imap: { host: "mail.example.com", port: 993, tls: "implicit" },
      smtp: undefined,
      master: undefined,
      domain: undefined,
      addressDomain: undefined,
      caFile: undefined,
      insecure: false,
      copiesToSent: true,
      watch: "auto",
      pollSeconds: 60,
    },
    listen: { host: undefined, port: 8080, certificate: undefined },
    trustedProxies: [],
    state: { kind: "folder", folder: "/home/mail/.local/state/direct-push" },
    forgetAfterDays: 90,
    autodiscoverUrl: undefined,
    heartbeat: { minSeconds: 60, maxSeconds: 3540, learning: "answer-early" },
    workers: 1,
    drainSeconds: 5,
    metrics: undefined,
    status: undefined,
    logLevel: "info",
    check: undefined,
  });
});

it.each([
  ["imaps://mail.example.com", { host: "mail.example.com", port: 993, tls: "implicit" }],
  ["imaps://mail.example.com:1993/", { host: "mail.example.com", port: 1993, tls: "implicit" }],
  ["imap://mail.example.com", { host: "mail.example.com", port: 143, tls: "starttls" }],
  ["imap://127.0.0.1:1143", { host: "127.0.0.1", port: 1143, tls: "none" }],
  ["imap://[::1]", { host: "::1", port: 143, tls: "none" }],
  ["imap://localhost", { host: "localhost", port: 143, tls: "none" }],
])("reaches %s", (url, address) => {
  expect(settings(["--imap", url]).mail.imap).toEqual(address);
});

it("logs in to SMTP as the phone, as one account, or not at all", () => {
  const smtp = [...imap, "--smtp", "smtp://mail.example.com"];
  const address = { host: "mail.example.com", port: 587, tls: "starttls" };
  expect(settings(smtp).mail.smtp).toEqual({ ...address, login: "phone" });
  expect(settings([...smtp, "--smtp-no-login"]).mail.smtp).toEqual({ ...address, login: "none" });
  const environment = { ...home, DIRECT_PUSH_SMTP_PASSWORD: "secret" };
  expect(settings([...smtp, "--smtp-user", "relay"], environment).mail.smtp).toEqual({
    ...address,
    login: { user: "relay", password: "secret" },
  });
  expect(problemOf([...smtp, "--smtp-user", "relay"])).toContain("DIRECT_PUSH_SMTP_PASSWORD");
});

it("takes a master user, whose password comes from the environment", () => {
  const args = [...imap, "--master-user", "root", "--master-form", "suffix"];
  const environment = { ...home, DIRECT_PUSH_MASTER_PASSWORD: "secret" };
  expect(settings(args, environment).mail.master).toEqual({
    user: "root",
    password: "secret",
    form: "suffix",
  });
  expect(problemOf(args)).toContain("DIRECT_PUSH_MASTER_PASSWORD");
});

it("probes idle connections when it is asked to, and never otherwise", () => {
  expect(settings([...imap, "--tcp-keep-alive", "20m"]).listen.keepAliveSeconds).toBe(1_200);
  expect(settings(imap).listen).not.toHaveProperty("keepAliveSeconds");
  expect(problemOf([...imap, "--tcp-keep-alive", "soon"])).toContain("--tcp-keep-alive");
});

it("listens on 443 with a certificate", () => {
  expect(settings([...imap, "--cert", "c.pem", "--key", "k.pem"]).listen).toEqual({
    host: undefined,
    port: 443,
    certificate: { certFile: "c.pem", keyFile: "k.pem" },
  });
});

it.each([
  [{ ...home, STATE_DIRECTORY: "/var/lib/direct-push:/var/lib/other" }, [], "/var/lib/direct-push"],
  [{ ...home, XDG_STATE_HOME: "/state" }, [], "/state/direct-push"],
  [home, ["--state", "/srv/state"], "/srv/state"],
])("keeps state with %j and %j in %s", (environment, args, folder) => {
  expect(settings([...imap, ...args], environment).state).toEqual({ kind: "folder", folder });
});

it("keeps state in memory if it is told to", () => {
  expect(settings([...imap, "--state", "memory"]).state).toEqual({ kind: "memory" });
});

describe("Redis", () => {
  const variable = (url: string) => ({ ...home, DIRECT_PUSH_REDIS_URL: url });

  it.each([
    ["redis://redis.example.com", "redis://redis.example.com"],
    ["rediss://redis.example.com:6380/2", "rediss://redis.example.com:6380/2"],
    ["redis://mail@[::1]/", "redis://[::1]"],
  ])("%s is shown as %s", (url, place) => {
    const state = { kind: "redis", urls: [url], place };
    expect(settings([...imap, "--redis", url]).state).toEqual(state);
    expect(settings(imap, variable(url)).state).toEqual(state);
  });

  it("has its password from the environment, and does not show it", () => {
    const url = "redis://mail:hunter2@redis.example.com:6379";
    const place = "redis://redis.example.com:6379";
    expect(settings(imap, variable(url)).state).toEqual({ kind: "redis", urls: [url], place });
  });

  it("may be a cluster, of which some nodes are named", () => {
    const urls = ["redis://mail:hunter2@one:6379", "redis://mail:hunter2@two:6379"];
    const place = "redis://one:6379, redis://two:6379";
    expect(settings(imap, variable(urls.join(" "))).state).toEqual({ kind: "redis", urls, place });
    const args = [...imap, "--redis", "redis://one", "--redis", "redis://two"];
    expect(settings(args).state).toMatchObject({ urls: ["redis://one", "redis://two"] });
  });

  it("of the command line counts more than that of the environment", () => {
    const args = [...imap, "--redis", "redis://here"];
    expect(settings(args, variable("redis://there")).state).toMatchObject({ place: "redis://here" });
  });

  it.each<[string[], Record<string, string>, string]>([
    [["--redis", "redis://:hunter2@redis"], home, "set DIRECT_PUSH_REDIS_URL"],
    [["--redis", "redis.example.com"], home, "--redis is none of"],
    [["--redis", "https://redis.example.com"], home, "--redis is none of"],
    [["--redis", "redis://redis/prefix"], home, "number of a database"],
    [[], variable("hunter2"), "DIRECT_PUSH_REDIS_URL is none of"],
    [[], variable("redis://:hunter2@one redis://two"), "same user and password"],
    [["--redis", "redis://one", "--redis", "rediss://two"], home, "all rediss://"],
    [["--redis", "redis://one/1", "--redis", "redis://two/1"], home, "the number of a database"],
    [["--redis", "redis://redis", "--state", "/srv/state"], home, "--state or --redis, not both"],
    [["--state", "memory"], variable("redis://redis"), "--state or DIRECT_PUSH_REDIS_URL, not both"],
    [["--redis", "redis://redis", "--forget-after", "0"], home, "give 1 to 3650 days"],
    [["--redis", "redis://redis", "--forget-after", "5000"], home, "1 to 3650"],
  ])("with %j is refused", (args, environment, reason) => {
    const problem = problemOf([...imap, ...args], environment);
    expect(problem).toContain(reason);
    expect(problem).not.toContain("hunter2");
  });

  it("forgets devices after as many days as are given", () => {
    expect(settings([...imap, "--redis", "redis://redis"]).forgetAfterDays).toBe(90);
    const args = [...imap, "--redis", "redis://redis", "--forget-after", "3650"];
    expect(settings(args).forgetAfterDays).toBe(3_650);
  });
});

it.each<[string[], string]>([
  [[], "--imap"],
  [["--imap", "mail.example.com"], "imaps://mail.example.com"],
  [["--imap", "https://mail.example.com"], "--imap"],
  [["--imap", "imaps://alice:secret@mail.example.com"], "must not hold a user or a password"],
  [["--imap", "imaps://mail.example.com/INBOX"], "more than a name and a port"],
  [[...imap, "--smtp", "imaps://mail.example.com"], "--smtp"],
  [[...imap, "--smtp-user", "alice"], "need --smtp"],
  [[...imap, "--smtp", "smtps://m", "--smtp-user", "a", "--smtp-no-login"], "not both"],
  [[...imap, "--master-form", "suffix"], "--master-user"],
  [[...imap, "--domain", "alice@example.com"], "--domain"],
  [[...imap, "--cert", "c.pem"], "--cert and --key"],
  [[...imap, "--port", "66000"], "0 to 65535"],
  [[...imap, "--port", "http"], "0 to 65535"],
  [[...imap, "--workers", "0"], "--workers"],
  [[...imap, "--workers", "1.5"], "--workers"],
  [[...imap, "--min-heartbeat", "20m", "--max-heartbeat", "10m"], "longer than"],
  [[...imap, "--max-heartbeat", "2h"], "--max-heartbeat"],
  [[...imap, "--drain", "soon"], "--drain"],
  [[...imap, "--learning", "on"], "answer-early, off, observe, refuse"],
  [[...imap, "--log-level", "loud"], "--log-level"],
  [[...imap, "--metrics-host", "0.0.0.0"], "--metrics-port"],
  [[...imap, "--status-host", "0.0.0.0"], "--status-port"],
  [[...imap, "--status-name", "mail.example.com"], "--status-port"],
  [[...imap, "--user", "alice"], "--check"],
  [[...imap, "--state", ""], "--state"],
  [[...imap, "--nonsense"], "--nonsense"],
  [[...imap, "more"], "more"],
  [["--password", "secret"], "no argument"],
  [["--smtp-password=secret"], "no argument"],
])("refuses %j", (args, reason) => {
  expect(problemOf(args)).toContain(reason);
});

it("refuses to guess a folder where there is none", () => {
  expect(problemOf(imap, {})).toContain("--state");
});

describe("a configuration file", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "direct-push-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function file(content: unknown): string[] {
    const path = join(folder, "direct-push.json");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return ["--config", path];
  }

  it("has the options by their names, and the command line counts more", () => {
    const config = file({
      imap: "imaps://mail.example.com",
      port: 8443,
      "trust-proxy": ["127.0.0.1", "10.0.0.0/8"],
      "mail-insecure": true,
      workers: "4",
    });
    const read = settings([...config, "--workers", "2"]);
    expect(read.listen.port).toBe(8443);
    expect(read.trustedProxies).toEqual(["127.0.0.1", "10.0.0.0/8"]);
    expect(read.mail.insecure).toBe(true);
    expect(read.workers).toBe(2);
  });

  it.each<[unknown, string]>([
    ["{", "no JSON"],
    [[], "one JSON object"],
    [{ imaps: "imaps://m" }, '"imaps" is no option'],
    [{ "mail-insecure": "yes" }, "true or false"],
    [{ imap: true }, "must be a text"],
    [{ "trust-proxy": [1] }, "list of texts"],
    [{ "smtp-password": "secret" }, "no place in a file"],
    [{ config: "other.json" }, "is no option"],
  ])("with %j is refused", (content, reason) => {
    const problem = problemOf(file(content));
    expect(problem).toContain(reason);
    expect(problem).not.toContain("secret");
  });

  it("that is not there is refused by name", () => {
    expect(problemOf(["--config", join(folder, "none.json")])).toContain("none.json");
  });
});

it("the help names every option", () => {
  for (const name of Object.keys(serveFlags)) expect(serveHelp).toContain(`--${name}`);
});
