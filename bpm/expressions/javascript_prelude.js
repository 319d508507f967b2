// Evaluated in every fresh context: reading it is much of what a short script costs, so it is as short as it can be.
// What only some scripts need is in `javascript_library.js`, read when it is asked for.
// Its value is `run(request, source, library)`, which answers with a JSON text.
//
// What is needed after the script began is kept in constants, so that a script that changes prototypes or globals
// changes only what it itself sees. Nothing here guards the engine: it reads the answer as it would a stranger's.
((world) => {
  const kept = { Array, BigInt, Boolean, Date, Error, InternalError, JSON, Map, Number, Object, Promise, RangeError, Reflect, RegExp, Set, String, SyntaxError, WeakMap };
  const { parse, stringify } = JSON;
  const { isSafeInteger } = Number;
  const { hasOwn } = Object;
  const evaluate = eval;
  const set = { __proto__: null };
  let request, variables, libraryText, library;
  const more = () => (library ??= evaluate(libraryText)(kept, world, request, set, written, stringify));

  function written(value, place, depth) {
    if (typeof value === "number" && isSafeInteger(value)) return `${value}`;
    if (typeof value === "string" || typeof value === "boolean" || value === null) return stringify(value);
    return value === undefined ? "null" : more().written(value, place, depth);
  }

  const methods = {
    __proto__: null,
    getVariable: (name) => (hasOwn(variables, name) ? variables[name] : more().execution.getVariable(name)),
    setVariable(name, value) {
      if (typeof name !== "string" || name === "" || name === "__proto__") more().execution.setVariable(name, value);
      set[name] = variables[name] = value;
    },
  };

  return (text, source, library_) => {
    libraryText = library_;
    request = parse(text);
    variables = request.plain;
    if (request.needs) {
      const answer = more().begin(source);
      if (answer) return answer;
    } else for (const name in variables) world[name] = variables[name];
    if (request.process) world.execution = new Proxy(methods, { get: (_, name) => methods[name] ?? more().member(name), set: () => more().noAssignment(), defineProperty: () => false });
    if (request.task) world.task = more().task();
    try {
      // The worker put 1000 empty lines before the script: what stands there in a stack is ours.
      const answer = `{"result":${written(evaluate(source), "result", 0)}`;
      let names = "";
      for (const name in set) names += `${names && ","}${stringify(name)}:${written(set[name], name, 0)}`;
      return `${answer},"set":{${names}},${library ? library.rest() : '"local":{}'}}`;
    } catch (error) {
      return `{"failure":${more().failure(error)}}`;
    }
  };
})(globalThis);
