// Evaluated in every fresh context, so it is short; what only some scripts need is in `javascript_library.js`.
// Its value is `run(request, source, library)`, which answers with a JSON text.
//
// What is needed after the script began is kept in constants, so that a script that changes prototypes or globals
// changes only what it itself sees. Nothing here guards the engine: it reads the answer as it would a stranger's.
((world) => {
  "use strict";
  const kept = { Array, BigInt, Boolean, Date, Error, InternalError, JSON, Map, Number, Object, Promise, RangeError, Reflect, RegExp, Set, String, SyntaxError, WeakMap };
  const { parse, stringify } = JSON;
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, prototype } = Object;
  const { isSafeInteger } = Number;
  const { isArray } = Array;
  const { ownKeys } = Reflect;
  const evaluate = eval;
  // Lines before this are ours; the script begins after it.
  const padding = "\n".repeat(1000);
  const set = { __proto__: null };
  const setLocal = { __proto__: null };
  let items = 500000;
  let request, libraryText, library;

  const more = () => (library ??= evaluate(libraryText)(kept, { world, request, set, setLocal, written, define }));
  const define = (holder, name, value) =>
    defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });

  // Text is put together piece by piece, so that no `toJSON` of the script is ever asked.
  function written(value, place, depth) {
    switch (typeof value) {
      case "undefined": return "null";
      case "boolean": return value ? "true" : "false";
      case "string": return stringify(value);
      case "number": if (isSafeInteger(value)) return value === 0 ? "0" : `${value}`; break;
      case "object": {
        if (value === null) return "null";
        if (depth >= 100) more().tooDeep(place);
        let text = "";
        if (isArray(value)) {
          if ((items -= value.length) < 0) more().tooMany(place);
          for (let index = 0; index < value.length; index++) text += (index ? "," : "") + written(value[index], place, depth + 1);
          return `[${text}]`;
        }
        const parent = getPrototypeOf(value);
        if (parent !== prototype && parent !== null) break;
        const keys = ownKeys(value);
        if ((items -= keys.length) < 0) more().tooMany(place);
        for (let index = 0; index < keys.length; index++) {
          const key = keys[index];
          if (typeof key !== "string") more().symbolKey(place);
          const item = value[key];
          if (item !== undefined) text += `${text && ","}${stringify(key)}:${written(item, place, depth + 1)}`;
        }
        // An object with these members alone would be read as a typed value.
        return keys.length === 2 && hasOwn(value, "type") && hasOwn(value, "value") ? `{"type":"object","value":{${text}}}` : `{${text}}`;
      }
    }
    return more().written(value, place, depth);
  }

  function all(values) {
    let text = "";
    for (const name in values) text += `${text && ","}${stringify(name)}:${written(values[name], name, 0)}`;
    return `{${text}}`;
  }

  const execution = new Proxy({
    __proto__: null,
    getVariable: (name) => (hasOwn(request.plain, name) ? request.plain[name] : more().getVariable(name)),
    setVariable: (name, value) => {
      if (typeof name !== "string" || name === "") more().badName(name);
      define(request.plain, name, value);
      set[name] = value;
    },
  }, { get: (target, name) => target[name] ?? more().member(name), set: () => more().noAssignment(), defineProperty: () => false });

  return (text, source, library_) => {
    libraryText = library_;
    request = parse(text);
    if (request.check) return more().check(padding, source);
    if (request.typed) more().revive();
    const variables = request.plain;
    for (const name in variables) {
      if (getOwnPropertyDescriptor(world, name)?.configurable ?? true) define(world, name, variables[name]);
    }
    if (request.furnished) more().furnish();
    define(world, "execution", execution);
    try {
      const result = written(evaluate(padding + source), "result", 0);
      return `{"result":${result},"set":${all(set)},"local":${all(setLocal)}}`;
    } catch (error) {
      return `{"failure":${more().failure(error)}}`;
    }
  };
})(globalThis);
