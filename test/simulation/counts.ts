/** What may happen in a simulation, none of it yet. */
export const noCounts = {
  steps: 0,
  syncs: 0,
  lostRequests: 0,
  lostAnswers: 0,
  stragglers: 0,
  restarts: 0,
  crashes: 0,
  outages: 0,
  clockJumps: 0,
  meddled: 0,
  meddledMeanwhile: 0,
  treeChanges: 0,
  edits: 0,
  mailsWritten: 0,
  draftsWritten: 0,
  itemsMoved: 0,
  foldersWritten: 0,
  pings: 0,
  hangingSyncs: 0,
  woken: 0,
  treeWakes: 0,
  expired: 0,
  falseWakes: 0,
  nights: 0,
  quietChecks: 0,
  cursorsExpired: 0,
  startedOver: 0,
};

/** How often what happened. */
export type Counts = Record<keyof typeof noCounts, number>;
