// What only some scripts need: dates and other types, the rest of `execution`, checking, words for what failed.
// Its value takes the built-ins as they were before the script began, and the prelude's own parts.
(kept, world, request, set, written, stringify) => {
  "use strict";
  const { Array, BigInt, Boolean, Date: RealDate, Error, InternalError, JSON, Map, Number, Object, Promise, RangeError, Reflect, RegExp, Set, String, SyntaxError, WeakMap } = kept;
  const FIRST_LINE = 1000;
  const evaluate = eval;
  const variables = request.plain;
  const setLocal = { __proto__: null };
  const taskCalls = [];
  const define = (holder, name, value) =>
    Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
  const local = { __proto__: null };
  for (const name of request.local ?? []) local[name] = true;
  // A date that the script did not change keeps its type and its zone.
  const originals = new WeakMap();

  class Fault {
    constructor(message) {
      this.message = message;
      this.stack = new Error().stack;
    }
  }
  const fault = (message) => {
    throw new Fault(message);
  };

  class Typed {
    constructor(type, value) {
      this.type = String(type);
      this.value = String(value);
      Object.freeze(this);
    }
    toString() {
      return this.value;
    }
    toJSON() {
      return this.value;
    }
    valueOf() {
      if (this.type === "decimal") fault("Expected no arithmetic with a decimal that a JavaScript number would round; use Number(x.value), or FEEL.");
      return this.value;
    }
  }

  function show(value) {
    if (value === null) return "null";
    if (Array.isArray(value)) return "a list";
    switch (typeof value) {
      case "function": return "a function";
      case "symbol": return "a symbol";
      case "object":
        if (value instanceof Promise) return "a Promise, and scripts cannot wait";
        if (value instanceof Map) return "a Map: use Object.fromEntries(map)";
        if (value instanceof Set) return "a Set: use [...set]";
        return "an object of a class: use a plain object";
      default: return `the ${typeof value} ${String(value)}`;
    }
  }

  const called = (place) => (place === "result" ? "the script's result" : `the variable '${place}'`);

  // --- values in ---------------------------------------------------------------------------------------

  function revived(value) {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(revived);
    if (value.type !== "object") return typed(value);
    for (const key of Object.keys(value.value)) define(value.value, key, revived(value.value[key]));
    return value.value;
  }

  function typed({ type, value, ms }) {
    switch (type) {
      case "integer": return value[0] === "-" ? -BigInt(value.slice(1)) : BigInt(value);
      case "date":
      case "date-time": {
        const date = new RealDate(ms);
        originals.set(date, [ms, `{"type":"${type}","value":${stringify(value)}}`]);
        return date;
      }
      default: return new Typed(type, value);
    }
  }

  // --- values out --------------------------------------------------------------------------------------

  // Text is put together piece by piece, so that no `toJSON` of the script is ever asked.

  let left = 500_000;

  function charge(count, place, depth) {
    if (depth >= 100) fault(`Expected at most 100 levels in ${called(place)}, but found more, or a value that holds itself.`);
    if ((left -= count) < 0) fault(`Expected at most 500,000 values in ${called(place)}, but found more.`);
  }

  function listWritten(list, place, depth) {
    charge(list.length, place, depth);
    let text = "";
    for (let index = 0; index < list.length; index++) text += `${index ? "," : ""}${written(list[index], place, depth + 1)}`;
    return `[${text}]`;
  }

  function objectWritten(object, place, depth) {
    const keys = Reflect.ownKeys(object);
    charge(keys.length, place, depth);
    let text = "";
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index];
      if (typeof key !== "string") fault(`Expected text as the keys of ${called(place)}, but found a symbol.`);
      const item = object[key];
      if (item !== undefined) text += `${text && ","}${stringify(key)}:${written(item, place, depth + 1)}`;
    }
    // An object with these members alone would be read as a typed value.
    return keys.length === 2 && Object.hasOwn(object, "type") && Object.hasOwn(object, "value") ? `{"type":"object","value":{${text}}}` : `{${text}}`;
  }

  function otherWritten(value, place, depth) {
    switch (typeof value) {
      case "number": {
        if (!Number.isFinite(value)) fault(`Expected a finite number as ${called(place)}, but found ${value}.`);
        const text = `${value}`;
        return text.includes(".") || text.includes("e") ? text : `${text}.0`;
      }
      case "bigint": {
        const digits = (value < 0n ? -value : value).toString(16);
        return `{"type":"integer","value":"${value < 0n ? "-" : ""}0x${digits}"}`;
      }
      case "object": {
        if (Array.isArray(value)) return listWritten(value, place, depth);
        const parent = Object.getPrototypeOf(value);
        if (parent === Object.prototype || parent === null) return objectWritten(value, place, depth);
        if (value instanceof Typed && value.type === "file") fault(`Expected ${called(place)} to be a value, but found a file: a script can make no file.`);
        if (value instanceof Typed) return `{"type":${stringify(value.type)},"value":${stringify(value.value)}}`;
        if (value instanceof RealDate) return dateWritten(value, place);
        if (value instanceof Number || value instanceof String || value instanceof Boolean) return written(value.valueOf(), place, depth);
      }
    }
    return fault(`Expected ${called(place)} to be a value that can be kept, but found ${show(value)}.`);
  }

  function dateWritten(date, place) {
    const time = RealDate.prototype.getTime.call(date);
    if (!Number.isFinite(time)) fault(`Expected a date as ${called(place)}, but found an invalid one.`);
    const original = originals.get(date);
    if (original !== undefined && original[0] === time) return original[1];
    return `{"type":"date-time","value":"${RealDate.prototype.toISOString.call(date)}"}`;
  }

  // --- what a script finds -----------------------------------------------------------------------------

  function engineDate(now) {
    function Date(...given) {
      if (!new.target) return new RealDate(now).toString();
      return Reflect.construct(RealDate, given.length ? given : [now], new.target);
    }
    Date.prototype = RealDate.prototype;
    Date.UTC = RealDate.UTC;
    Date.parse = RealDate.parse;
    Date.now = () => now;
    RealDate.prototype.constructor = Date;
    return Date;
  }

  function furnish() {
    const quiet = () => {};
    if (!Object.hasOwn(variables, "Date")) define(world, "Date", engineDate(request.now));
    const found = { console: { log: quiet, info: quiet, warn: quiet, error: quiet, debug: quiet }, print: quiet, typed: (type, value) => new Typed(type, value) };
    for (const name of Object.keys(found)) if (!Object.hasOwn(variables, name)) define(world, name, found[name]);
    delete world.performance;
  }

  const NO_JAVA = "there is no Java here; use JavaScript's own Date, Math, JSON and strings, and a service task for more.";
  const NO_SPIN = "Camunda Spin is not there; JSON is a plain object here: order.customer.name, JSON.parse(text), JSON.stringify(value).";
  const NO_WAITING = "scripts cannot wait or reach out; draw a timer or a service task.";
  const ABSENT = {
    __proto__: null,
    java: NO_JAVA, javax: NO_JAVA, Java: NO_JAVA, Packages: NO_JAVA, JavaImporter: NO_JAVA, importPackage: NO_JAVA, importClass: NO_JAVA, org: NO_JAVA, com: NO_JAVA,
    S: NO_SPIN, XML: NO_SPIN, SpinJSON: NO_SPIN,
    require: "there are no modules.", load: "there are no files.",
    setTimeout: NO_WAITING, setInterval: NO_WAITING, fetch: NO_WAITING, XMLHttpRequest: NO_WAITING,
  };

  // --- execution ---------------------------------------------------------------------------------------

  const named = (name) => (typeof name === "string" && name !== "" ? name : fault(`Expected the name of a variable, but found ${show(name)}.`));

  function put(writes, name, value) {
    define(variables, named(name), value);
    writes[name] = value;
  }

  const methods = {
    __proto__: null,
    getVariable: (name) => (Object.hasOwn(variables, named(name)) ? variables[name] : null),
    getVariableLocal: (name) => (local[named(name)] ? variables[name] : null),
    hasVariable: (name) => Object.hasOwn(variables, named(name)),
    hasVariableLocal: (name) => local[named(name)] === true,
    getVariables: () => {
      const copy = {};
      for (const name of Object.keys(variables)) define(copy, name, variables[name]);
      return copy;
    },
    getVariableNames: () => Object.keys(variables),
    setVariable: (name, value) => put(set, name, value),
    setVariables: (values) => {
      for (const name of Object.keys(values)) put(set, name, values[name]);
    },
    setVariableLocal: (name, value) => {
      put(setLocal, name, value);
      local[name] = true;
    },
    removeVariable: (name) => fault(`Expected no removal of the variable '${String(name)}': variables cannot be removed, set it to null.`),
  };
  const shared = Object.assign({ __proto__: null }, methods);
  const properties = { __proto__: null };
  for (const name of Object.keys(request.process ?? {})) {
    properties[name] = request.process[name];
    methods[`get${name[0].toUpperCase()}${name.slice(1)}`] = () => request.process[name];
  }

  function member(name) {
    if (typeof name === "symbol" || name === "then" || name === "toJSON") return undefined;
    if (name in methods) return methods[name];
    if (name in properties) return properties[name];
    if (name === "variables") return methods.getVariables();
    if (name === "toString") return () => "execution";
    return fault(`Expected one of execution.${Object.keys(methods).join("(), ")}(), but found execution.${name}.`);
  }

  // The user task that a listener's script is about: the same variables, what is known of it, and what may be asked.
  function task() {
    const known = Object.assign({ __proto__: null, execution: world.execution }, shared);
    for (const name of request.taskMethods) known[name] = (value) => void (taskCalls[taskCalls.length] = { name, value });
    for (const name of Object.keys(request.task)) {
      known[name] = request.task[name];
      known[`get${name[0].toUpperCase()}${name.slice(1)}`] = () => request.task[name];
    }
    const names = Object.keys(known).filter((name) => typeof known[name] === "function");
    const get = (_, name) => {
      if (typeof name === "symbol" || name === "then" || name === "toJSON" || name in known) return known[name];
      return fault(`Expected one of task.${names.join("(), ")}(), but found task.${name}.`);
    };
    const set = () => fault("Expected task.setVariable('name', value), but found an assignment to task.");
    return new Proxy(known, { get, set, defineProperty: () => false });
  }

  // --- what failed -------------------------------------------------------------------------------------

  // The first place in the script itself that the stack names, else null.
  function placeOf(stack) {
    for (const frame of String(stack).split("\n")) {
      const found = /<input>:(\d+):(\d+)/.exec(frame);
      if (found !== null && found[1] > FIRST_LINE) return [found[1] - FIRST_LINE, Number(found[2])];
    }
    return null;
  }

  function described(error) {
    if (error instanceof Fault) return ["fault", error.message, placeOf(error.stack)];
    if (!(error instanceof Error)) return ["error", `it threw ${typeof error === "object" ? stringify(error) : show(error)}`, null];
    let message = `${error.name}: ${error.message}`, kind = "error";
    if (error instanceof InternalError || (error instanceof RangeError && message.includes("call stack"))) kind = "limit";
    else if (error instanceof SyntaxError) kind = "syntax";
    const absent = /^ReferenceError: (\w+) is not defined/.exec(message);
    if (absent !== null && absent[1] in ABSENT) message = `Expected JavaScript without ${absent[1]}: ${ABSENT[absent[1]]}`;
    return [kind, message, placeOf(error.stack)];
  }

  function failure(error) {
    let kind = "error", message = "it threw something that cannot be shown", place = null;
    try {
      [kind, message, place] = described(error);
    } catch {
      // What was thrown fails when it is looked at; the words above will do.
    }
    return stringify({ __proto__: null, kind, message: String(message).slice(0, 1000), line: place ? place[0] : 0, column: place ? place[1] : 0 });
  }

  function check(source) {
    // A script is read whole before any of it runs, and this one ends before its own first statement.
    const first = "throw 0;";
    try {
      evaluate(`${source.slice(0, FIRST_LINE)}${first}${source.slice(FIRST_LINE)}`);
    } catch (error) {
      if (error === 0) return "{}";
      const found = JSON.parse(failure(error));
      if (found.line === 1) found.column -= first.length;
      return stringify({ failure: found });
    }
    return "{}";
  }

  // Before the script begins: what it needs that plain JSON has not. An answer if it shall not be run.
  function begin(source) {
    if (request.check) return check(source);
    for (const name of Object.keys(request.typed ?? {})) define(variables, name, revived(request.typed[name]));
    if (request.furnished) furnish();
    for (const name of Object.keys(variables)) {
      // Assigning would not do for some names: `undefined` cannot be assigned to, `__proto__` means something else.
      if (Object.getOwnPropertyDescriptor(world, name)?.configurable ?? true) define(world, name, variables[name]);
    }
    return "";
  }

  // What few answers have.
  function rest() {
    let text = "", calls = "";
    for (const name of Object.keys(setLocal)) text += `${text && ","}${stringify(name)}:${written(setLocal[name], name, 0)}`;
    for (let at = 0; at < taskCalls.length; at++) calls += `${calls && ","}[${stringify(taskCalls[at].name)},${written(taskCalls[at].value, taskCalls[at].name, 0)}]`;
    return `"local":{${text}}${calls && `,"task":[${calls}]`}`;
  }

  return {
    begin,
    written: otherWritten,
    rest,
    execution: methods,
    member,
    task,
    failure,
    noAssignment: () => fault("Expected execution.setVariable('name', value), but found an assignment to execution."),
  };
}
