import debug from "debug";

/** `DEBUG=direct-push:http` shows each request and its answer. */
export const logHttp: debug.Debugger = debug("direct-push:http");

/** `DEBUG=direct-push:push` shows each held request and its end. */
export const logPush: debug.Debugger = debug("direct-push:push");

/** `DEBUG=direct-push:health` warns of what shortens heartbeats. */
export const logHealth: debug.Debugger = debug("direct-push:health");

/** `DEBUG=direct-push:sync` shows each collection that was synced and each item that was skipped. */
export const logSync: debug.Debugger = debug("direct-push:sync");
