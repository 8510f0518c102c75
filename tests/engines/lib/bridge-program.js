/*
 * A mini-program in an engine's own shell, which has the language, timers and perhaps WebAssembly, but no
 * network. Node plays the phone (`bridge.mjs`) at the other end of `print` and `readline`: a line out, a
 * line back, ASCII only.
 *
 * Arguments: the package's folder, the scenario's script.
 */
(function (dist, scenarioPath, wasm) {
  "use strict";

  function ascii(value) {
    return JSON.stringify(value).replace(/[\u0080-\uffff]/g, function (unit) {
      return "\\u" + ("0000" + unit.charCodeAt(0).toString(16)).slice(-4);
    });
  }

  function ask(what, value) {
    print("@" + ascii([what, value === undefined ? null : value]));
    return JSON.parse(readline());
  }

  function hex(bytes) {
    var digits = "";
    for (var at = 0; at < bytes.length; at++) digits += (bytes[at] + 256).toString(16).slice(1);
    return digits;
  }

  function unhex(digits) {
    var bytes = new Uint8Array(digits.length / 2);
    for (var at = 0; at < bytes.length; at++) bytes[at] = parseInt(digits.slice(2 * at, 2 * at + 2), 16);
    return bytes.buffer;
  }

  // The shell's timers can't be taken back.
  var timers = {};
  var lastTimer = 0;
  function later(work, ms) {
    var id = ++lastTimer;
    timers[id] = true;
    setTimeout(function () {
      if (!timers[id]) return;
      delete timers[id];
      work();
    }, ms || 0);
    return id;
  }
  function never(id) {
    delete timers[id];
  }

  // Requests under way: node answers when asked, so that timers run meanwhile.
  var waiting = {};
  var pumping = false;
  function pump() {
    ask("poll").forEach(function (answer) {
      var call = waiting[answer.id];
      delete waiting[answer.id];
      if (call) call(answer);
    });
    if (Object.keys(waiting).length > 0) setTimeout(pump, 3);
    else pumping = false;
  }

  function listeners() {
    var all = [];
    return {
      on: function (one) {
        all.push(one);
      },
      off: function (one) {
        all = all.filter(function (other) {
          return other !== one;
        });
      },
      tell: function (value) {
        all.slice().forEach(function (one) {
          one(value);
        });
      },
    };
  }
  var on = { show: listeners(), hide: listeners(), network: listeners(), error: listeners(), rejection: listeners() };

  var wx = {
    request: function (options) {
      var id = ask("request", {
        url: options.url,
        method: options.method,
        headers: options.header,
        hex: options.data === undefined ? null : hex(new Uint8Array(options.data)),
        timeoutMs: options.timeout,
      });
      waiting[id] = function (answer) {
        if (answer.fault) options.fail({ errMsg: "request:" + answer.fault });
        else options.success({ statusCode: answer.status, data: answer.text, header: answer.headers });
      };
      if (!pumping) {
        pumping = true;
        setTimeout(pump, 1);
      }
      return {
        abort: function () {
          ask("abort", id);
        },
      };
    },
    getStorageSync: function (key) {
      return ask("load", key);
    },
    setStorageSync: function (key, value) {
      ask("store", [key, value]);
    },
    removeStorageSync: function (key) {
      ask("remove", key);
    },
    getStorageInfoSync: function () {
      return { keys: ask("keys") };
    },
    getRandomValues: function (options) {
      later(function () {
        options.success({ randomValues: unhex(ask("random", options.length)) });
      }, 1);
    },
    getNetworkType: function (options) {
      options.success({ networkType: "wifi" });
    },
    onNetworkStatusChange: on.network.on,
    offNetworkStatusChange: on.network.off,
    onAppShow: on.show.on,
    offAppShow: on.show.off,
    onAppHide: on.hide.on,
    offAppHide: on.hide.off,
    onError: on.error.on,
    offError: on.error.off,
    onUnhandledRejection: on.rejection.on,
    offUnhandledRejection: on.rejection.off,
    getDeviceInfo: function () {
      return { platform: "ios", system: "iOS 17.4", brand: "iPhone", model: "iPhone 14", memorySize: 6144 };
    },
    getWindowInfo: function () {
      return { screenWidth: 390, screenHeight: 844, pixelRatio: 3 };
    },
    getAppBaseInfo: function () {
      return { language: "zh_CN", version: "8.0.49", SDKVersion: "3.4.2" };
    },
  };

  var WXWebAssembly = wasm && {
    instantiate: function (path, imports) {
      return Promise.resolve().then(function () {
        if (!/^\/.*\.wasm(\.br)?$/.test(path)) throw new TypeError("only a path inside the package");
        // The shell can't unpack Brotli; the package holds the same module unpacked.
        var file = dist + "/" + path.split("/").pop().replace(/\.br$/, "");
        var module = new wasm.Module(readFile(file, "binary"));
        wasm.Module.exports(module).forEach(function (one) {
          if (one.kind !== "function" && one.kind !== "memory") throw new TypeError("exports a " + one.kind);
        });
        return { instance: new wasm.Instance(module, imports) };
      });
    },
  };

  var app = { log: print, warn: function () {}, error: function () {}, info: function () {}, debug: function () {} };
  var source = readFile(dist + "/index.js");
  var names = ["module", "exports", "wx", "WXWebAssembly", "WebAssembly", "console", "setTimeout", "clearTimeout", "print", "readline", "readFile"];
  var module = { exports: {} };
  // What a mini-program sees: its host's objects; the shell's own are hidden.
  Function.apply(null, names.concat(source))(module, module.exports, wx, WXWebAssembly, undefined, app, later, never);
  var fallback = { exports: {} };
  new Function("module", "exports", readFile(dist + "/fallback.js"))(fallback, fallback.exports);
  var scenario = new Function(readFile(scenarioPath) + "\nreturn faultscanScenario;")();

  var given = ask("begin");
  var world = given.world;
  world.options = wasm ? {} : { wasm: fallback.exports.instantiate };
  world.console = app;
  world.network = function (mode, times) {
    return Promise.resolve(ask("network", [mode, times || 0]));
  };
  world.sleep = function (ms) {
    return new Promise(function (resolve) {
      later(resolve, ms);
    });
  };
  world.raise = function (text) {
    on.error.tell(text);
  };
  world.hide = function () {
    ask("hide");
    on.hide.tell({});
    return Promise.resolve();
  };
  world.show = function () {
    ask("show");
    on.show.tell({});
    return Promise.resolve();
  };
  // The app lives on afterwards, until it is killed.
  function live() {
    setTimeout(live, 1000);
  }
  live();
  scenario(module.exports, world, given.phase).then(
    function (outcome) {
      ask("done", outcome);
    },
    function (error) {
      ask("failed", String(error && error.stack));
    },
  );
})(arguments[0], arguments[1], typeof WebAssembly === "undefined" ? undefined : WebAssembly);
