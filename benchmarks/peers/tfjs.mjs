/**
 * The training steps in TensorFlow.js: `tfjs.mjs case.json [--backend wasm|cpu]`. The wasm backend with SIMD; it
 * turns its threads off in Node. Gradients by tf.variableGrads over the unrolled loop; tf.train.adam.
 */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { batches, load, measure, report } from "./case_file.mjs";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { backend: { type: "string", default: "wasm" } },
});
wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
await tf.setBackend(values.backend);
await tf.ready();

const file = load(positionals[0]);
const { constants, sizes } = file;
const tensor = ({ shape, data }) => tf.tensor(data, shape, data instanceof Int32Array ? "int32" : "float32");
const hardSigmoid = (x) => tf.clipByValue(tf.add(tf.mul(x, 0.5), 0.5), 0, 1);

/**
 * A product of matrices whose gradient transposes first: the wasm backend hands plain products to XNNPACK, but those with
 * the transpose flags that tf.matMul's own gradient sets to a slow loop.
 */
const product = tf.customGrad((a, b, save) => {
  save([a, b]);
  const gradFunc = (dy, [x, y]) => [tf.matMul(dy, tf.transpose(y)), tf.matMul(tf.transpose(x), dy)];
  return { value: tf.matMul(a, b), gradFunc };
});

/** Both layers' recurrent weights as one matrix that acts on the joined state (h1, h2). */
function population(p, batch) {
  const { hidden, output, time, batch: size, population: count } = sizes;
  const recurrent = tf.concat([tf.concat([p.R11, p.R12], 2), tf.concat([p.R21, p.R22], 2)], 1);
  const first = tf.add(tf.matMul(batch.x, p.W1), tf.expandDims(p.b1, 1));
  const second = tf.add(tf.zeros([count, time * size, output]), tf.expandDims(p.b2, 1));
  const inputs = tf.unstack(tf.reshape(tf.concat([first, second], 2), [count, time, size, hidden + output]), 1);
  const zs = [];
  let state = batch.noise[0];
  for (let t = 0; t < time; t++) {
    const a = tf.add(tf.matMul(state, recurrent), inputs[t]);
    const [a1, a2] = tf.split(a, [hidden, output], 2);
    const h1 = hardSigmoid(a1);
    const z = tf.add(a2, tf.matMul(h1, p.W2));
    zs.push(z);
    if (t + 1 < time) state = tf.add(tf.concat([h1, hardSigmoid(z)], 2), batch.noise[t + 1]);
  }
  const z = tf.stack(zs);
  // tf.abs and tf.log1p would do, but their gradients need kernels (Sign, …) that the wasm backend lacks.
  const each = tf.sub(
    tf.add(tf.relu(z), tf.log(tf.add(tf.exp(tf.sub(tf.minimum(z, 0), tf.relu(z))), 1))),
    tf.mul(z, batch.target),
  );
  return tf.div(tf.sum(each), time * size);
}

function populationBatch({ x, target, noise1, noise2 }) {
  const { time, batch, population: count, input } = sizes;
  return {
    x: tf.reshape(tf.transpose(tensor(x), [1, 0, 2, 3]), [count, time * batch, input]),
    target: tensor(target),
    noise: tf.unstack(tf.mul(tf.concat([tensor(noise1), tensor(noise2)], 3), constants.noiseScale)),
  };
}

function rnn(p, batch) {
  const { time, batch: size, hidden } = sizes;
  const inputs = tf.unstack(tf.reshape(tf.add(product(batch.x, p.W), p.b), [time, size, hidden]));
  const states = [tf.tanh(inputs[0])];
  for (let t = 1; t < time; t++) states.push(tf.tanh(tf.add(product(states[t - 1], p.U), inputs[t])));
  const logits = tf.add(product(tf.concat(states, 0), p.V), p.c);
  return tf.losses.softmaxCrossEntropy(batch.target, logits);
}

/** The gates' weights joined: one product a step, as tf.layers.lstm has it. */
function joined(p, gates) {
  return ["W", "U", "b"].map((letter) =>
    tf.concat(
      gates.map((gate) => p[letter + gate]),
      -1,
    ),
  );
}

function lstm(p, batch) {
  const { time, batch: size, hidden } = sizes;
  const [W, U, b] = joined(p, ["i", "f", "g", "o"]);
  const inputs = tf.unstack(tf.reshape(tf.add(product(batch.x, W), b), [time, size, 4 * hidden]));
  let [h, c] = [tf.zeros([size, hidden]), tf.zeros([size, hidden])];
  const states = inputs.map((each) => {
    const [i, f, g, o] = tf.split(tf.add(product(h, U), each), 4, 1);
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    return h;
  });
  return readout(p, batch, states);
}

function gru(p, batch) {
  const { time, batch: size, hidden } = sizes;
  const [W, U, b] = joined(p, ["r", "z", "n"]);
  const inputs = tf.unstack(tf.reshape(tf.add(product(batch.x, W), b), [time, size, 3 * hidden]));
  let h = tf.zeros([size, hidden]);
  const states = inputs.map((each) => {
    const [xr, xz, xn] = tf.split(each, 3, 1);
    const [hr, hz, hn] = tf.split(product(h, U), 3, 1);
    const z = tf.sigmoid(tf.add(xz, hz));
    const n = tf.tanh(tf.add(xn, tf.mul(tf.sigmoid(tf.add(xr, hr)), tf.add(hn, p.an))));
    h = tf.add(n, tf.mul(z, tf.sub(h, n)));
    return h;
  });
  return readout(p, batch, states);
}

function readout(p, batch, states) {
  return tf.losses.softmaxCrossEntropy(batch.target, tf.add(product(tf.concat(states, 0), p.V), p.c));
}

function rnnBatch({ x, target }) {
  const { time, batch, input, classes } = sizes;
  return {
    x: tf.reshape(tensor(x), [time * batch, input]),
    target: tf.cast(tf.oneHot(tf.reshape(tensor(target), [time * batch]), classes), "float32"),
  };
}

/** A convolution is one matrix product with [left, itself, right] joined. */
function dngpuBody(p, batch) {
  const { batch: size, length, maps, steps } = sizes;
  const g = Math.floor(maps / 3);
  const keep = maps - 2 * g;
  const flat = [size * length, 3 * maps];
  const gatesKernel = tf.reshape(tf.concat([p.Ku, p.Kr], 2), [3 * maps, 2 * maps]);
  const gatesBias = tf.concat([tf.add(p.bu, constants.updateOffset), tf.add(p.br, constants.resetOffset)], 0);
  const kernel = tf.reshape(p.Kc, [3 * maps, maps]);
  const edge = tf.zeros([size, 1, maps]);
  const left = (s) => tf.concat([edge, tf.slice(s, [0, 0, 0], [size, length - 1, maps])], 1);
  const right = (s) => tf.concat([tf.slice(s, [0, 1, 0], [size, length - 1, maps]), edge], 1);
  const excess = (z) =>
    tf.sum(
      tf.add(tf.relu(tf.sub(z, constants.saturationLimit)), tf.relu(tf.sub(tf.neg(z), constants.saturationLimit))),
    );
  const saturation = [];
  let s = batch.s;
  for (let t = 0; t < steps; t++) {
    const fromLeft = left(s);
    const fromRight = right(s);
    const gates = tf.add(product(tf.reshape(tf.concat([fromLeft, s, fromRight], 2), flat), gatesKernel), gatesBias);
    const [u, r] = tf.split(tf.reshape(hardSigmoid(gates), [size, length, 2 * maps]), 2, 2);
    const rs = tf.mul(r, s);
    const z = tf.add(product(tf.reshape(tf.concat([left(rs), rs, right(rs)], 2), flat), kernel), p.bc);
    const c = tf.reshape(tf.clipByValue(z, -1, 1), [size, length, maps]);
    const shifted = tf.concat(
      [
        tf.slice(s, [0, 0, 0], [size, length, keep]),
        tf.slice(fromLeft, [0, 0, keep], [size, length, g]),
        tf.slice(fromRight, [0, 0, keep + g], [size, length, g]),
      ],
      2,
    );
    s = tf.add(c, tf.mul(u, tf.sub(shifted, c)));
    saturation.push(excess(gates), excess(z));
  }
  return tf.add(tf.mean(tf.mul(s, batch.w)), tf.mul(tf.addN(saturation), constants.saturationWeight));
}

const models = {
  population: [population, populationBatch],
  rnn: [rnn, rnnBatch],
  "lstm-128": [lstm, rnnBatch],
  "lstm-512": [lstm, rnnBatch],
  "gru-128": [gru, rnnBatch],
  "gru-512": [gru, rnnBatch],
  "dngpu-body": [dngpuBody, ({ s, w }) => ({ s: tensor(s), w: tensor(w) })],
};

const name = `tfjs ${values.backend}`;
try {
  const [loss, makeBatch] = models[file.case];
  const data = batches(file).map((arrays) => tf.tidy(() => makeBatch(arrays)));
  const parameters = Object.fromEntries(
    Object.entries(file.parameters).map(([key, array]) => [key, tf.variable(tensor(array), true, key)]),
  );
  const names = Object.keys(parameters);
  const adam = tf.train.adam(constants.learningRate, constants.beta1, constants.beta2, constants.epsilon);
  const perReplica = file.case === "population";
  const squares = (g) => tf.sum(tf.square(perReplica ? tf.reshape(g, [g.shape[0], -1]) : tf.reshape(g, [1, -1])), 1);

  const step = (k) => {
    const value = tf.tidy(() => {
      const result = tf.variableGrads(() => loss(parameters, data[k]));
      const norm = tf.sqrt(tf.addN(names.map((key) => squares(result.grads[key]))));
      const scale = tf.minimum(tf.div(constants.clipNorm, norm), 1);
      const clipped = names.map((key) => {
        const g = result.grads[key];
        const factor = perReplica ? tf.reshape(scale, [-1, ...Array(g.rank - 1).fill(1)]) : scale;
        return [key, tf.mul(g, factor)];
      });
      adam.applyGradients(Object.fromEntries(clipped));
      return result.value;
    });
    const number = value.dataSync()[0];
    value.dispose();
    return number;
  };
  const measured = await measure(file, step, () =>
    Object.fromEntries(names.map((key) => [key, parameters[key].dataSync()])),
  );
  report({
    peer: name,
    version: tf.version.tfjs,
    threads: 1,
    ...measured,
    note: `backend ${tf.getBackend()}, SIMD ${tf.env().get("WASM_HAS_SIMD_SUPPORT")}`,
  });
} catch (error) {
  report({ peer: name, skipped: String(error.message ?? error).split("\n")[0] });
}
