import { join } from "node:path";

/** What a Dovecot can do, and who has a mailbox on it. */
export interface DovecotOptions {
  /** Names of users, each with the password that {@link passwordOf} says. Default `alice` and `bob`. */
  readonly users?: readonly string[];
  /** Extensions that it does not offer, though it has them. */
  readonly without?: readonly (
    | "NOTIFY"
    | "IDLE"
    | "CONDSTORE"
    | "QRESYNC"
    | "MOVE"
    | "SPECIAL-USE"
    | "LIST-STATUS"
    | "UIDPLUS"
  )[];
  /** TLS from the first byte, or begun by STARTTLS and needed for a login, with this certificate and key in PEM. Default: none. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly byStartTls?: boolean };
  /** Tokens are taken that a URL knows (RFC 7662), at whose end the token is put, by these SASL mechanisms. Default: none are. */
  readonly tokens?: { readonly url: string; readonly mechanisms: string };
  /** The quota of each user, as Dovecot writes it (`*:storage=1M`). Default: none. */
  readonly quota?: string;
  /** Folders that are made with each mailbox, with their special use if they have one. Default: Drafts, Sent, Trash and Junk. */
  readonly folders?: Readonly<Record<string, string | undefined>>;
  /** Lines that are added to the configuration. */
  readonly extra?: string;
}

/** For {@link DovecotOptions.extra}: connections that do nothing but IDLE are moved, after a second, into one process for all of them. */
export const hibernation = `
protocol imap {
imap_hibernate_timeout = 1s
}
service imap {
unix_listener imap-master {
mode = 0666
}
}
service imap-hibernate {
client_limit = 5000
unix_listener imap-hibernate {
mode = 0666
}
}
`;

/** Every user's password. */
export function passwordOf(user: string): string {
  return `secret of ${user}`;
}

export const masterUser = { user: "master", password: "secret of all" } as const;

/** Owners of mail, where there may be several. */
const FIRST_MAIL_UID = 60_000;

/** So few users have one owner: Linux lets nobody have more than 128 folders watched (`fs.inotify.max_user_instances`). */
const USERS_PER_UID = 60;

/** A line of Dovecot's file of users. */
export function userLine(
  place: DovecotPlace,
  user: string,
  index: number,
  password = passwordOf(user),
): string {
  const { folder, isRoot, uid, gid } = place;
  const owner = isRoot ? FIRST_MAIL_UID + Math.floor(index / USERS_PER_UID) : uid;
  return `${user}:{PLAIN}${password}:${owner}:${gid}::${folder}/mail/${user}::\n`;
}

/** The ports and users that a Dovecot in a folder of its own runs with. */
export interface DovecotPlace {
  readonly folder: string;
  readonly imapPort: number;
  readonly lmtpPort: number;
  readonly isRoot: boolean;
  /** Who owns the mail: never root, which Dovecot refuses. */
  readonly uid: number;
  readonly gid: number;
  readonly account: string;
}

const capabilities = [
  ..."IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS".split(
    " ",
  ),
  ..."THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS".split(" "),
  ..."LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH".split(" "),
  ..."LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE".split(
    " ",
  ),
];

const defaultFolders = { Drafts: "\\Drafts", Sent: "\\Sent", Trash: "\\Trash", Junk: "\\Junk" };

/** How Dovecot asks about tokens. */
export function tokenConfiguration(url: string): string {
  return `introspection_mode = get\nintrospection_url = ${url}\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n`;
}

/** The whole configuration of a Dovecot that touches nothing outside of its folder. */
export function dovecotConfiguration(place: DovecotPlace, options: DovecotOptions): string {
  const { folder, imapPort, lmtpPort, isRoot, uid, gid, account } = place;
  const { without = [], tls, tokens, quota, folders = defaultFolders, extra = "" } = options;
  const isImplicit = tls !== undefined && tls.byStartTls !== true;
  const offered = capabilities.filter((name) => !(without as readonly string[]).includes(name));
  const mailboxes = Object.entries(folders).map(
    ([name, use]) =>
      `mailbox "${name}" {\nauto = subscribe\n${use === undefined ? "" : `special_use = ${use}`}\n}`,
  );
  return `
base_dir = ${join(folder, "run")}
state_dir = ${join(folder, "run")}
log_path = ${join(folder, "log")}
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = ${isRoot ? "dovecot" : account}
default_internal_group = ${isRoot ? "dovecot" : gid}
default_login_user = ${isRoot ? "dovenull" : account}
first_valid_uid = ${Math.min(uid, FIRST_MAIL_UID)}
first_valid_gid = 0
mail_location = maildir:${folder}/mail/%u
mail_max_userip_connections = 100
disable_plaintext_auth = ${tls?.byStartTls === true ? "yes" : "no"}
auth_failure_delay = 0
auth_mechanisms = plain login${tokens === undefined ? "" : ` ${tokens.mechanisms}`}
auth_master_user_separator = *
imap_capability = ${offered.join(" ")}
${tls === undefined ? "ssl = no" : `ssl = yes\nssl_cert = <${folder}/certificate.pem\nssl_key = <${folder}/key.pem`}
passdb {
driver = passwd-file
args = ${folder}/masters
master = yes
}
${tokens === undefined ? "" : `passdb {\ndriver = oauth2\nmechanisms = ${tokens.mechanisms}\nargs = ${folder}/oauth2.conf\n}`}
passdb {
driver = passwd-file
args = ${folder}/users
}
userdb {
driver = passwd-file
args = ${folder}/users
}
namespace inbox {
inbox = yes
separator = /
${mailboxes.join("\n")}
}
service imap-login {
inet_listener imap {
port = ${isImplicit ? 0 : imapPort}
}
inet_listener imaps {
port = ${isImplicit ? imapPort : 0}
ssl = yes
}
service_count = 0
client_limit = 2000
process_min_avail = 1
${isRoot ? "" : "chroot ="}
}
service imap {
process_limit = 1024
}
service lmtp {
inet_listener lmtp {
port = ${lmtpPort}
}
}
service anvil {
client_limit = 5000
${isRoot ? "" : "chroot ="}
}
service auth {
client_limit = 5000
}
service stats {
client_limit = 5000
${isRoot ? "" : "chroot ="}
}
${quota === undefined ? "" : `mail_plugins = quota\nprotocol imap {\nmail_plugins = quota imap_quota\n}\nplugin {\nquota = maildir:User\nquota_rule = ${quota}\n}`}
${extra}
`;
}
