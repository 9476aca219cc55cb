/**
 * The training steps in jax-js: `jaxjs.mjs case.json`. Its WebAssembly backend; one jitted step, the loop unrolled (it has
 * no scan). `.ref` keeps an array that is used again: every use without it gives the array up.
 */
import { readFileSync } from "node:fs";
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { batches, load, measure, report } from "./case_file.mjs";

const file = load(process.argv[2]);
const { constants, sizes } = file;
await init("wasm");
defaultDevice("wasm");

const tensor = ({ shape, data }) => np.array(data).reshape(shape);
const hardSigmoid = (x) => np.clip(x.mul(0.5).add(0.5), 0, 1);
/** The parts of an array along its leading axis, made once: slicing inside the step would cost a padded gradient each. */
const parts = ({ shape, data }) => {
  const size = data.length / shape[0];
  return Array.from({ length: shape[0] }, (_, i) =>
    tensor({ shape: shape.slice(1), data: data.slice(i * size, (i + 1) * size) }),
  );
};

function population(p, batch) {
  const { time, batch: size } = sizes;
  const recurrent1 = np.concatenate([p.W1, p.R11, p.R21], 1);
  const recurrent2 = np.concatenate([p.R12, p.R22], 1);
  const b1 = np.expandDims(p.b1, 1);
  const b2 = np.expandDims(p.b2, 1);
  const losses = [];
  let [h1, h2] = [null, null];
  for (let t = 0; t < time; t++) {
    const n1 = batch.noise1[t].mul(constants.noiseScale);
    const n2 = batch.noise2[t].mul(constants.noiseScale);
    const s1 = h1 === null ? n1 : h1.add(n1);
    const s2 = h2 === null ? n2 : h2.add(n2);
    h1 = hardSigmoid(np.matmul(np.concatenate([batch.x[t], s1.ref, s2.ref], 2), recurrent1.ref).add(b1.ref));
    const z = np
      .matmul(h1.ref, p.W2.ref)
      .add(np.matmul(np.concatenate([s1, s2], 2), recurrent2.ref))
      .add(b2.ref);
    const each = np
      .maximum(z.ref, 0)
      .sub(z.ref.mul(batch.target[t]))
      .add(np.log1p(np.exp(np.absolute(z.ref).neg())));
    losses.push(each.sum());
    h2 = hardSigmoid(z);
  }
  for (const each of [h1, h2, recurrent1, recurrent2, b1, b2, p.W2]) each.dispose();
  return losses.reduce((a, b) => a.add(b)).div(time * size);
}

function rnn(p, batch) {
  const { time, batch: size } = sizes;
  const states = [];
  for (let t = 0; t < time; t++) {
    const input = np.matmul(batch.x[t], p.W.ref).add(p.b.ref);
    states.push(np.tanh(t === 0 ? input : input.add(np.matmul(states[t - 1].ref, p.U.ref))));
  }
  for (const each of [p.W, p.U, p.b]) each.dispose();
  const logits = np.matmul(np.concatenate(states, 0), p.V).add(p.c);
  return nn
    .logSoftmax(logits)
    .mul(batch.target)
    .sum()
    .div(-time * size);
}

function dngpuBody(p, batch) {
  const { batch: size, length, maps, steps } = sizes;
  const g = Math.floor(maps / 3);
  const keep = maps - 2 * g;
  const gatesKernel = np.concatenate([p.Ku, p.Kr], 2).reshape([3 * maps, 2 * maps]);
  const gatesBias = np.concatenate([p.bu.add(constants.updateOffset), p.br.add(constants.resetOffset)], 0);
  const kernel = p.Kc.reshape([3 * maps, maps]);
  const left = (s) =>
    np.pad(s.slice([], [0, length - 1]), [
      [0, 0],
      [1, 0],
      [0, 0],
    ]);
  const right = (s) =>
    np.pad(s.slice([], [1, length]), [
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
  const joined = (s) => np.concatenate([left(s.ref), s.ref, right(s)], 2).reshape([size * length, 3 * maps]);
  const excess = (z) => nn.relu(np.absolute(z).sub(constants.saturationLimit)).sum();
  const saturation = [];
  let s = batch.s;
  for (let t = 0; t < steps; t++) {
    const gates = np.matmul(joined(s.ref), gatesKernel.ref).add(gatesBias.ref);
    const [u, r] = np.split(hardSigmoid(gates.ref).reshape([size, length, 2 * maps]), 2, 2);
    const z = np.matmul(joined(r.mul(s.ref)), kernel.ref).add(p.bc.ref);
    const c = np.clip(z.ref, -1, 1).reshape([size, length, maps]);
    const shifted = np.concatenate(
      [
        s.ref.slice([], [], [0, keep]),
        left(s.ref.slice([], [], [keep, keep + g])),
        right(s.slice([], [], [keep + g, maps])),
      ],
      2,
    );
    s = c.ref.add(u.mul(shifted.sub(c)));
    saturation.push(excess(gates), excess(z));
  }
  for (const each of [gatesKernel, gatesBias, kernel, p.bc]) each.dispose();
  return s
    .mul(batch.w)
    .mean()
    .add(saturation.reduce((a, b) => a.add(b)).mul(constants.saturationWeight));
}

const oneHot = ({ data }) => {
  const { time, batch, classes } = sizes;
  const hot = new Float32Array(time * batch * classes);
  data.forEach((target, i) => {
    hot[i * classes + target] = 1;
  });
  return np.array(hot).reshape([time * batch, classes]);
};

const models = {
  population: [population, (b) => Object.fromEntries(Object.entries(b).map(([name, array]) => [name, parts(array)]))],
  rnn: [rnn, ({ x, target }) => ({ x: parts(x), target: oneHot(target) })],
  "dngpu-body": [dngpuBody, ({ s, w }) => ({ s: tensor(s), w: tensor(w) })],
};

const [loss, makeBatch] = models[file.case];
const perReplica = file.case === "population";

function train(parameters, first, second, count, batch) {
  const [value, gradients] = valueAndGrad((p) => loss(p, batch))(tree.ref(parameters));
  const names = Object.keys(gradients);
  const squares = names.map((name) => {
    const g = gradients[name].ref;
    return perReplica ? np.square(g).reshape([sizes.population, -1]).sum(1) : np.square(g).sum();
  });
  const scale = np.minimum(np.reciprocal(np.sqrt(squares.reduce((a, b) => a.add(b)))).mul(constants.clipNorm), 1);
  count = count.add(1);
  const correction1 = np
    .exp(count.ref.mul(Math.log(constants.beta1)))
    .neg()
    .add(1);
  const correction2 = np
    .exp(count.ref.mul(Math.log(constants.beta2)))
    .neg()
    .add(1);
  const [p, m, v] = [{}, {}, {}];
  for (const name of names) {
    const rank = gradients[name].ndim;
    const factor = perReplica ? scale.ref.reshape([-1, ...Array(rank - 1).fill(1)]) : scale.ref;
    const g = gradients[name].mul(factor);
    m[name] = first[name].mul(constants.beta1).add(g.ref.mul(1 - constants.beta1));
    v[name] = second[name].mul(constants.beta2).add(np.square(g).mul(1 - constants.beta2));
    const deviation = np.sqrt(v[name].ref.div(correction2.ref)).add(constants.epsilon);
    const step = m[name].ref.div(correction1.ref).div(deviation).mul(constants.learningRate);
    p[name] = parameters[name].sub(step);
  }
  for (const each of [scale, correction1, correction2]) each.dispose();
  return [p, m, v, count, value];
}

const name = "jax-js wasm";
try {
  const data = batches(file).map(makeBatch);
  const arrays = (make) =>
    Object.fromEntries(Object.entries(file.parameters).map(([key, array]) => [key, make(array)]));
  let state = [
    arrays(tensor),
    arrays(({ shape }) => np.zeros(shape)),
    arrays(({ shape }) => np.zeros(shape)),
    np.array(0),
  ];
  const jitted = jit(train);
  const step = async (k) => {
    const [p, m, v, count, value] = jitted(...state, tree.ref(data[k]));
    state = [p, m, v, count];
    await blockUntilReady(state);
    return (await value.data())[0];
  };
  const measured = await measure(file, step, async () => {
    const entries = Object.entries(state[0]).map(async ([key, array]) => [key, await array.ref.data()]);
    return Object.fromEntries(await Promise.all(entries));
  });
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.resolve("@jax-js/jax")), "utf8"));
  report({ peer: name, version, threads: 1, ...measured });
} catch (error) {
  if (process.env.LONGHAND_PEER_DEBUG) console.error(error);
  report({ peer: name, skipped: String(error?.message ?? error).split("\n")[0] });
}
