/*
 * One app's life with the SDK, the same in every engine. A plain script that needs the language alone:
 * `faultscanScenario(sdk, world, phase)` gives, as plain data, how each step ended and what the server
 * should now hold. What differs from engine to engine comes in `world`:
 *
 *   endpoint            where the server is reached
 *   tickets             { fresh: [text], forged, unknown, expired, future }, none used before
 *   options             more options for every session: `host`, `wasm`
 *   console             the app's console
 *   network(mode, n)    lets the next n requests meet "off", "slow", "unavailable" or "garbage"
 *   sleep(ms)
 *   hide(), show()      the app goes to the background and comes back; absent where a script can't do that
 *   raise(text)         an error that nobody catches
 *   udp                 where the server takes datagrams
 *   sabotage()          replaces what the web gives by nonsense, until the function that it gives is called;
 *                       absent where there is no web
 *   mark                a word that stands in no other run's logs
 *   killed              the phase before ended by a crash
 *   memory              what the phase before gave
 */
var faultscanScenario = (function () {
  "use strict";

  /** Texts that a careless codec breaks, and what has to arrive. */
  var LINES = [
    ["warn", "购物车为空 🛒", "cart"],
    ["info", "naïve café, עברית, ﷽, 👩‍👩‍👧‍👦", "app"],
    ["debug", "half \ud800 and \udc00 half", "app"],
    ["error", "dial tcp 10.0.3.21:5432: connect: connection refused", "db"],
    ["info", "Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789", "http"],
  ];

  function fail(what) {
    throw new Error(what);
  }

  function equal(actual, expected, what) {
    var left = JSON.stringify(actual);
    var right = JSON.stringify(expected);
    if (left !== right) fail((what || "value") + ": got " + left + ", expected " + right);
  }

  function truth(value, what) {
    if (!value) fail(what);
  }

  /** The code of the error that a promise ends with. */
  function refusal(promise) {
    return promise.then(
      function (value) {
        return fail("no error, but " + JSON.stringify(value));
      },
      function (error) {
        return error;
      },
    );
  }

  function until(world, what, ms, test) {
    var waited = 0;
    function look() {
      if (test()) return undefined;
      if (waited >= ms) return fail(what + " did not come within " + ms + " ms");
      waited += 25;
      return world.sleep(25).then(look);
    }
    return Promise.resolve().then(look);
  }

  function Story(sdk, world) {
    this.sdk = sdk;
    this.world = world;
    this.reports = [];
    this.memory = {};
    this.notes = {};
    this.sessions = [];
  }

  Story.prototype.open = function (qrContext, more) {
    var world = this.world;
    var options = {
      qrContext: qrContext,
      endpoint: world.endpoint,
      app: { name: "商城", version: "4.2" },
      snapshotPolicy: { rttIntervalS: 0 },
      uploadPolicy: { backoffMs: 5, backoffMaxMs: 2000, timeoutMs: 8000, attemptsMax: 2 },
    };
    [world.options, more].forEach(function (some) {
      Object.keys(some || {}).forEach(function (name) {
        options[name] = some[name];
      });
    });
    var sessions = this.sessions;
    return this.sdk.Diag.init(options).then(function (diag) {
      sessions.push(diag);
      return diag;
    });
  };

  Story.prototype.refused = async function (text, code) {
    equal((await refusal(this.open(text))).code, code, "code");
  };

  /** Remembers what the server should hold. */
  Story.prototype.report = function (answer, expected) {
    this.reports.push({ id: answer.reportId, capability: answer.capability, expected: expected });
  };

  /** Signals, urgent channel and the queue's storage come once the app is idle. */
  Story.prototype.settled = function (diag) {
    return until(this.world, "the integrations", 8000, function () {
      return diag.diagnostics().integrations.length > 0;
    });
  };

  Story.prototype.fresh = function () {
    return this.world.tickets.fresh.shift() || fail("no ticket left");
  };

  var first = {
    "a text that is no ticket": function (story) {
      return story.refused("https://example.com/menu?table=7", "BadTicket");
    },
    "a forged ticket": function (story) {
      return story.refused(story.world.tickets.forged, "BadSignature");
    },
    "a ticket of an unknown issuer": function (story) {
      return story.refused(story.world.tickets.unknown, "UnknownIssuer");
    },
    "a ticket that has expired": function (story) {
      return story.refused(story.world.tickets.expired, "TicketExpired");
    },
    "a ticket of the future": function (story) {
      return story.refused(story.world.tickets.future, "TicketNotYetValid");
    },
    "a good ticket, Unicode logs, a capture": async function (story) {
      var text = story.fresh();
      var view = await story.sdk.decodeTicket(text, story.world.options);
      var diag = await story.open("  " + text + "\n");
      equal(diag.ticket, view, "the verified ticket");
      truth(/^sha256:[0-9a-f]{64}$/.test(view.fingerprint), "a fingerprint");
      LINES.forEach(function (line) {
        diag.log(line[0], line[1], line[2]);
      });
      story.world.console.error("from the console: 连接被拒绝");
      var stages = [];
      var answer = await diag.capture({
        onProgress: function (stage) {
          stages.push(stage);
        },
      });
      equal(answer.outcome, "accepted", "outcome");
      equal(stages, ["sampling", "packing", "signing", "uploading", "done"], "stages");
      truth(answer.diagnosis.codes.length > 0, "the server names a code");
      var told = diag.diagnostics();
      equal([told.counts.captured, told.counts.accepted, told.queue.items], [1, 1, 0], "counts");
      await story.settled(diag);
      story.notes.capabilities = diag.diagnostics().capabilities;
      story.notes.host = told.host;
      story.report(answer, { lines: LINES, console: true, host: told.host });
      diag.dispose();
    },
    "the same bytes again": async function (story) {
      var payload;
      var diag = await story.open(story.fresh(), {
        onSnapshotReady: function (ready) {
          payload = ready;
        },
      });
      equal((await diag.capture()).outcome, "held", "without an answer");
      var answer = await diag.upload(payload);
      var again = await diag.upload(payload);
      equal([answer.outcome, again.outcome, again.reportId === answer.reportId], ["accepted", "duplicate", true]);
      diag.dispose();
    },
    "cycles, huge texts and hostile values": async function (story) {
      var diag = await story.open(story.fresh());
      var cyclic = { name: "loop" };
      cyclic.self = cyclic;
      diag.log("warn", cyclic);
      diag.log("warn", "x".repeat(story.world.hugeUnits || 10 << 20));
      diag.log("no such level", undefined, null);
      var trap = {};
      Object.defineProperty(trap, "boom", {
        enumerable: true,
        get: function () {
          throw new Error("trap");
        },
      });
      story.world.console.warn(trap, cyclic);
      diag.log("info", "still here");
      var answer = await diag.capture();
      equal(diag.diagnostics().counts.linesCut, 1, "lines cut");
      story.report(answer, { last: "still here" });
      diag.dispose();
    },
    "no network: the snapshot waits, and goes on demand": async function (story) {
      var diag = await story.open(story.fresh());
      story.world.console.warn("before the tunnel");
      await story.world.network("off");
      equal((await refusal(diag.capture())).code, "Offline", "code");
      equal(diag.diagnostics().queue.items, 1, "waiting, " + JSON.stringify(diag.diagnostics()));
      await story.world.network("pass");
      equal(await diag.flush(), { sent: 1, refused: 0, left: 0 }, "flush");
      equal(diag.diagnostics().queue.items, 0, "left");
      diag.dispose();
    },
    "503 once: tried again": async function (story) {
      var diag = await story.open(story.fresh());
      await story.world.network("unavailable", 1);
      equal((await diag.capture()).outcome, "accepted", "outcome");
      equal(diag.diagnostics().counts.retried, 1, "retries");
      diag.dispose();
    },
    "a captive portal answers: nothing is lost": async function (story) {
      var diag = await story.open(story.fresh());
      await story.world.network("garbage", 2);
      equal((await refusal(diag.capture())).code, "ServerError", "code");
      equal(await diag.flush(), { sent: 1, refused: 0, left: 0 }, "flush");
      diag.dispose();
    },
    "no answer: given up in time, and sent later": async function (story) {
      var diag = await story.open(story.fresh(), {
        uploadPolicy: { timeoutMs: 400, attemptsMax: 1, backoffMs: 5 },
      });
      await story.world.network("slow", 1);
      equal((await refusal(diag.capture())).code, "Timeout", "code");
      equal((await diag.flush()).left, 0, "left");
      diag.dispose();
    },
    "two sessions, one ticket: no number twice": async function (story) {
      var text = story.fresh();
      var one = await story.open(text);
      var two = await story.open(text);
      var answers = [await one.capture(), await two.capture(), await one.capture()];
      answers.forEach(function (answer) {
        equal(answer.outcome, "accepted", "outcome");
      });
      truth(one.diagnostics().nextSequence >= 3, "numbers go on");
      one.dispose();
      two.dispose();
    },
    "no consent: nothing is recorded or sent": async function (story) {
      var diag = await story.open(story.fresh(), { consent: "required" });
      diag.log("info", "nobody has agreed to this line");
      story.world.console.warn("nor to this one");
      equal((await refusal(diag.capture())).code, "ConsentRequired", "code");
      equal(diag.diagnostics().consent, false, "consent");
      diag.consent(true);
      diag.log("info", "agreed");
      var answer = await diag.capture();
      story.report(answer, { only: ["agreed"] });
      diag.dispose();
    },
    "what goes can be seen before, changed and withheld": async function (story) {
      var seen = [];
      var diag = await story.open(story.fresh(), {
        scrubRules: [{ pattern: /\bcustomer-\d+/, replacement: "[customer]" }],
        beforeSend: function (draft) {
          draft.lines.forEach(function (line) {
            seen.push(line.message);
            line.message = line.message.replace("red", "blue");
          });
          return draft.lines.length < 3 ? draft : null;
        },
      });
      diag.log("info", "the red car of customer-4711, password=hunter2");
      var answer = await diag.capture();
      equal(seen.length, 1, "lines seen");
      truth(!/4711|hunter2/.test(seen[0]), "scrubbed before it is seen: " + seen[0]);
      story.report(answer, { contains: ["the blue car of [customer]"] });
      diag.log("info", "two");
      diag.log("info", "three");
      equal((await refusal(diag.capture())).code, "Withheld", "code");
      diag.dispose();
    },
    "five uncaught errors: an urgent event at once, and the snapshot behind it": async function (story) {
      var diag = await story.open(story.fresh(), { udp: story.world.udp });
      await story.settled(diag);
      // The server takes urgent events of sessions that it knows.
      var answer = await diag.capture();
      for (var n = 0; n < 5; n++) story.world.raise("on purpose " + n);
      await until(story.world, "the snapshot", 8000, function () {
        var counts = diag.diagnostics().counts;
        return counts.urgent === 1 && counts.accepted === 2;
      });
      var found = diag.diagnostics().capabilities;
      story.notes.urgent = Object.keys(found).filter(function (name) {
        return found[name] && name.indexOf("urgent:") === 0;
      });
      equal(story.notes.urgent, ["urgent:" + (found.udp ? "udp" : found.sessionStorage ? "keepalive" : "request")]);
      story.report(answer, { urgent: "crash" });
      diag.dispose();
    },
    "meters: round trips and frames with their source": async function (story) {
      var diag = await story.open(story.fresh(), { snapshotPolicy: { rttIntervalS: 0.1 } });
      // The first probe opens the connection and is not counted.
      await until(story.world, "a round trip", 4000, function () {
        return diag.meters().rttMs !== null;
      });
      var meters = diag.meters();
      truth(meters.rttMs >= 0 && meters.rttSent > 0, "a round trip");
      truth(["raf", "canvas-raf", "timer-drift"].indexOf(meters.fpsSource) >= 0, "source: " + meters.fpsSource);
      story.notes.fpsSource = meters.fpsSource;
      await until(story.world, "a frame rate", 4000, function () {
        return diag.meters().fpsSamples.length > 0;
      });
      story.report(await diag.capture(), { rtt: true, fps: meters.fpsSource });
      diag.dispose();
    },
    "hidden: what waits goes while the network lasts; shown again": async function (story) {
      if (!story.world.hide) return "pages are hidden by leaving them: see the last phase";
      var diag = await story.open(story.fresh());
      await story.settled(diag);
      await story.world.network("off");
      equal((await refusal(diag.capture())).code, "Offline", "code");
      await story.world.network("pass");
      await story.world.hide();
      await until(story.world, "an empty queue", 4000, function () {
        return diag.diagnostics().queue.items === 0;
      });
      await story.world.show();
      story.report(await diag.capture(), { visibility: ["hidden", "visible"] });
      diag.dispose();
      return undefined;
    },
    "a page that redefines fetch, Date, randomness and the console": async function (story) {
      if (!story.world.sabotage) return "nothing of the web is here";
      var diag = await story.open(story.fresh());
      var restore = story.world.sabotage();
      var answer;
      try {
        diag.log("warn", "in hostile surroundings");
        answer = await diag.capture();
      } finally {
        restore();
      }
      equal(answer.outcome, "accepted", "outcome");
      story.report(answer, { last: "in hostile surroundings" });
      diag.dispose();
      return undefined;
    },
    "dispose while an upload is under way": async function (story) {
      var before = story.world.console.warn;
      var diag = await story.open(story.fresh());
      truth(story.world.console.warn !== before, "the console is recorded");
      await story.world.network("slow", 1);
      var pending = refusal(diag.capture());
      await story.world.sleep(150);
      diag.dispose();
      diag.dispose();
      equal((await pending).code, "Disposed", "code");
      truth(story.world.console.warn === before, "the console is whole again");
      equal((await refusal(diag.capture())).code, "Disposed", "afterwards");
      diag.log("info", "nobody listens");
      await story.world.network("pass");
    },
    "left without a goodbye": async function (story) {
      var text = story.fresh();
      var diag = await story.open(text);
      await story.settled(diag);
      equal((await diag.capture()).outcome, "accepted", "outcome");
      await story.world.network("off");
      diag.log("fatal", story.world.mark + " before the crash");
      equal((await refusal(diag.capture())).code, "Offline", "code");
      story.memory.ticket = text;
      story.memory.sequence = diag.diagnostics().nextSequence;
    },
  };

  var relaunch = {
    "the session goes on where it was, and sends what waited": async function (story) {
      var diag = await story.open(story.world.memory.ticket);
      truth(diag.diagnostics().sessionPersisted, "the key is kept");
      await story.settled(diag);
      await until(story.world, "an empty queue", 8000, function () {
        var told = diag.diagnostics();
        return told.counts.restored > 0 && told.queue.items === 0;
      });
      truth(diag.diagnostics().nextSequence >= story.world.memory.sequence, "numbers go on");
      if (story.world.killed) {
        await until(story.world, "the urgent event of the crash", 8000, function () {
          return diag.diagnostics().counts.urgent === 1;
        });
      }
      story.report(await diag.capture(), story.world.killed ? { urgent: "crash", items: "unclean_exit" } : {});
      diag.dispose();
    },
    "an ended session leaves nothing to tell": async function (story) {
      var diag = await story.open(story.fresh());
      await story.settled(diag);
      story.report(await diag.capture(), { noItems: "unclean_exit" });
      equal(diag.diagnostics().counts.urgent, 0, "urgent events");
      diag.dispose();
    },
  };

  /** The page is left right after this. */
  var leave = {
    "something waits while the network comes back": async function (story) {
      var diag = await story.open(story.fresh());
      await story.settled(diag);
      await story.world.network("off");
      diag.log("warn", story.world.mark + " before the page was left");
      equal((await refusal(diag.capture())).code, "Offline", "code");
      await story.world.network("pass");
    },
  };

  var PHASES = { first: first, relaunch: relaunch, leave: leave };

  return async function scenario(sdk, world, phase) {
    var story = new Story(sdk, world);
    var steps = [];
    var names = Object.keys(PHASES[phase]);
    for (var at = 0; at < names.length; at++) {
      var step = { name: names[at], startMs: Date.now() };
      try {
        var note = await PHASES[phase][names[at]](story);
        if (note) step.skipped = note;
      } catch (error) {
        step.error = String((error && error.stack) || error);
        if (error && error.message && step.error.indexOf(error.message) < 0) step.error = error.message + "\n" + step.error;
        // So that one failure is one failure: what it left open is none of the next step's business.
        await world.network("pass");
        story.sessions.splice(0).forEach(function (diag) {
          diag.dispose();
        });
      }
      step.ms = Date.now() - step.startMs;
      steps.push(step);
    }
    return { steps: steps, reports: story.reports, memory: story.memory, notes: story.notes };
  };
})();
