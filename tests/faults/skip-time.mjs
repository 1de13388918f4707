/**
 * Loaded into the worker processes of the fault runner, and into nothing else: lets the runner skip time, so that a
 * relay that failed is not left alone for minutes, and set the wall clock wrong. Leases, due times and rows go by Redis'
 * clock, and timers by the system's: neither is touched.
 */
const realNow = Date.now;
const realMonotonic = performance.now.bind(performance);
let skipped = 0;
let jumped = 0;
Date.now = () => realNow() + skipped + jumped;
performance.now = () => realMonotonic() + skipped;
process.on('message', (message) => {
  skipped += message?.skipMs ?? 0;
  jumped += message?.jumpMs ?? 0;
});
// A worker outlives no runner.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The channel must not keep a worker alive that has been told to stop.
process.channel?.unref();
