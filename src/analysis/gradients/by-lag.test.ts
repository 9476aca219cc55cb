/** Gradients by the states, the step's Jacobians and the contributions of lags: three ways to one derivative. */
import { Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { ndarray } from "../../graph/index.ts";
import { findModel } from "../../models/index.ts";
import { stepperOf } from "../../networks/index.ts";
import { findAnyTask } from "../../tasks/index.ts";
import { signatureOf } from "../../tasks/signature.ts";
import { gradientsByLag, lossGradients, rowOf } from "./by-lag.ts";
import { lagContributions, sumOfContributions } from "./contributions.ts";
import { jacobianMap, jacobianProducts, singularValues, stepJacobians } from "./jacobians.ts";
import { smallModels, smallProbe } from "./networks.test-helper.ts";
import { freshNetwork, type GradientProbe, gradientProbe, lastAsked, trajectoryOf } from "./probe.ts";

const letterAt = ({ problems, steps }: GradientProbe, sample: number, t: number) => [
  problems.symbols.data[sample * steps + t - 1]!,
];

/** ∂L_step/∂s_t of a problem, all state tensors. */
function stateGradient(
  probe: GradientProbe,
  gradients: ReturnType<ReturnType<typeof lossGradients>["byStates"]>,
  t: number,
  sample: number,
) {
  return Object.keys(probe.network.model.state).flatMap((name) => Array.from(rowOf(gradients[name]!, t, sample)));
}

function expectNear(received: readonly number[], expected: readonly number[], tolerance: number): void {
  const scale = Math.max(...expected.map(Math.abs), 1e-300);
  expect(received).toHaveLength(expected.length);
  received.forEach((value, k) => {
    expect(Math.abs(value - expected[k]!) / scale, `${k}: ${value}, expected ${expected[k]}`).toBeLessThan(tolerance);
  });
}

describe.each(smallModels)("%s", (name, options) => {
  const probe = smallProbe(name, options);
  const trajectory = trajectoryOf(probe);

  test("Jacobians are central differences of the step, whose error falls as h²", () => {
    const [sample, t] = [1, 4];
    const jacobian = stepJacobians(probe, trajectory, sample)[t - 1]!;
    const step = stepperOf(probe.network.model);
    const before = trajectory[t - 1]![sample]!;
    const letter = letterAt(probe, sample, t);
    const errorAt = (h: number) => {
      let error = 0;
      before.forEach((_, j) => {
        const moved = (by: number) => ({ values: before.map((value, k) => value + (k === j ? by : 0)), letter });
        const [up, down] = step(probe.network.parameters, [moved(h), moved(-h)]);
        up!.values.forEach((value, i) => {
          error = Math.max(error, Math.abs((value - down!.values[i]!) / (2 * h) - jacobian.get(i, j)));
        });
      });
      return error;
    };
    const [coarse, fine] = [errorAt(1 / 64), errorAt(1 / 128)];
    expect(coarse).toBeLessThan(1e-3);
    expect(coarse / fine).toBeGreaterThan(3.5);
    expect(coarse / fine).toBeLessThan(4.5);
  });

  test("∂L/∂s_t is ∂L/∂s_{T−1} times the Jacobians between", () => {
    const step = lastAsked(probe);
    const gradients = lossGradients(probe).byStates(step);
    for (const sample of [0, 2]) {
      const jacobians = stepJacobians(probe, trajectory, sample);
      let row = new Matrix([stateGradient(probe, gradients, step - 1, sample)]);
      for (let t = step - 2; t >= 0; t--) {
        row = row.mmul(jacobians[t]!);
        expectNear(stateGradient(probe, gradients, t, sample), row.getRow(0), 1e-10);
      }
    }
  });

  test("the contributions of all lags add up to the gradient by the parameters", () => {
    for (const step of [1, 4, lastAsked(probe)]) {
      const contributions = lagContributions(probe, step, trajectory);
      const total = lossGradients(probe).byParameters(step);
      const sum = sumOfContributions(contributions);
      expect(Object.keys(sum)).toEqual(Object.keys(total));
      for (const [parameter, { data }] of Object.entries(total)) {
        expectNear(Array.from(sum[parameter]!.data), Array.from(data), 1e-11);
      }
      expect(contributions.reduce((all, { share }) => all + share, 0)).toBeCloseTo(1, 12);
    }
  });

  test("by lag: norms of the whole state and of its parts", () => {
    const { step, norms, lags, byState } = gradientsByLag(probe);
    expect(step).toBe(6);
    expect(lags.map(({ lag }) => lag)).toEqual([1, 2, 3, 4, 5, 6]);
    const gradients = lossGradients(probe).byStates(step);
    const row = stateGradient(probe, gradients, step - 3, 1);
    expect(norms[2]![1]).toBeCloseTo(Math.hypot(...row), 14);
    lags.forEach(({ median, mean, least, greatest, low, high }, k) => {
      expect(median).toBe(norms[k]!.toSorted((a, b) => a - b)[1]);
      expect([least, greatest]).toEqual([Math.min(...norms[k]!), Math.max(...norms[k]!)]);
      expect(mean).toBeCloseTo(norms[k]!.reduce((a, b) => a + b) / 3, 14);
      expect(least <= low && low <= median && median <= high && high <= greatest).toBe(true);
    });
    const parts = Object.values(byState);
    expect(Object.keys(byState)).toEqual(Object.keys(probe.network.model.state));
    for (let k = 0; k < lags.length; k++) {
      expect(Math.max(...parts.map((part) => part[k]!.greatest))).toBeLessThanOrEqual(lags[k]!.greatest * (1 + 1e-15));
    }
  });
});

test("papers/004, eq. 5: the Jacobian of the state form is W_h diag(tanh′(h_{t−1}))", () => {
  const probe = smallProbe("rnn-preactivation", { hidden: 4 });
  const trajectory = trajectoryOf(probe);
  const U = probe.network.parameters.U!;
  stepJacobians(probe, trajectory, 1).forEach((jacobian, t) => {
    const before = trajectory[t]![1]!;
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        // W_h acts on columns, U on rows: W_h = Uᵀ.
        expect(jacobian.get(i, j)).toBeCloseTo(U.data[j * 4 + i]! * (1 - Math.tanh(before[j]!) ** 2), 14);
      }
    }
  });
});

describe("singular values", () => {
  test("of a known matrix", () => {
    // The square roots of the eigenvalues 45 and 5 of MᵀM.
    expectNear(
      [
        ...singularValues(
          new Matrix([
            [3, 0],
            [4, 5],
          ]),
        ),
      ],
      [Math.sqrt(45), Math.sqrt(5)],
      1e-14,
    );
    expect(
      singularValues(
        new Matrix([
          [0, 2],
          [-1, 0],
        ]),
      ),
    ).toEqual([2, 1]);
  });
  test("of the products in a linear network: powers of its matrix", () => {
    const probe = smallProbe("rnn", { hidden: 2, activation: "identity" }, { length: 5 });
    const U = { ...probe.network.parameters.U!, data: Float64Array.of(0.5, 0, 0, 2) };
    const linear = { ...probe, network: { ...probe.network, parameters: { ...probe.network.parameters, U } } };
    const jacobians = stepJacobians(linear, trajectoryOf(linear));
    for (const { lag, log10 } of jacobianProducts(jacobians)) {
      expectNear([...log10], [lag * Math.log10(2), lag * Math.log10(0.5)], 1e-13);
    }
    jacobianMap(jacobians).forEach((row, k) => {
      expect(row).toHaveLength(k + 1);
      row.forEach((value, t) => {
        expect(value).toBeCloseTo((k + 1 - t) * Math.log10(2), 12);
      });
    });
  });
  test("products that leave the range of floating point are still measured", () => {
    const tenth = Matrix.eye(2).mul(0.1);
    expect(jacobianProducts(Array.from({ length: 400 }, () => tenth)).at(-1)!.log10[0]).toBeCloseTo(-400, 9);
    const thousand = Matrix.eye(2).mul(1000);
    expect(jacobianProducts(Array.from({ length: 400 }, () => thousand)).at(-1)!.log10[1]).toBeCloseTo(1200, 9);
    expect(jacobianProducts([Matrix.zeros(2, 2)])[0]!.log10).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
  });
});

test("a loss that isn't asked for at a step has no gradient; problems are weighted one by one", () => {
  const probe = smallProbe("rnn", { hidden: 2 });
  const { targets } = probe.problems;
  const some = Int32Array.from(targets.data, (symbol, k) => (k === 5 ? -1 : symbol));
  const problems = { ...probe.problems, targets: ndarray(some, targets.shape) };
  const { byStates } = lossGradients({ ...probe, problems });
  const all = lossGradients(probe).byStates(6);
  // The first problem isn't asked at step 6; the others' own gradients are what they were.
  expect(Array.from(rowOf(byStates(6).h!, 5, 0))).toEqual([0, 0]);
  expectNear(Array.from(rowOf(byStates(6).h!, 2, 1)), Array.from(rowOf(all.h!, 2, 1)), 1e-13);
});

test("tasks of numbers: the loss at the end by the states before, and the contributions of lags", () => {
  const task = findAnyTask("adding-problem");
  const model = findModel("lstm").build({ hidden: 3 }, signatureOf(task));
  const probe = gradientProbe(freshNetwork({ task, model }, 1), { length: 7, samples: 4, seed: 1 });
  expect(lastAsked(probe)).toBe(7);
  const trajectory = trajectoryOf(probe);
  const gradients = lossGradients(probe).byStates(7);
  const jacobians = stepJacobians(probe, trajectory, 3);
  const last = new Matrix([stateGradient(probe, gradients, 6, 3)]);
  const back = [5, 4, 3, 2, 1, 0].reduce((row, t) => row.mmul(jacobians[t]!), last);
  expectNear(stateGradient(probe, gradients, 0, 3), back.getRow(0), 1e-10);
  const sum = sumOfContributions(lagContributions(probe));
  for (const [name, { data }] of Object.entries(lossGradients(probe).byParameters(7))) {
    expectNear(Array.from(sum[name]!.data), Array.from(data), 1e-11);
  }
  // Half the squared error: the gradient by the readout's bias is the mean of y − t.
  const { c, V } = probe.network.parameters;
  const errors = trajectory[7]!.map((state, k) => {
    const y = state.slice(0, 3).reduce((all, h, j) => all + h * V!.data[j]!, c!.data[0]!);
    return y - probe.problems.targets.data[k * 7 + 6]!;
  });
  expect(sum.c!.data[0]).toBeCloseTo(errors.reduce((a, b) => a + b) / 4, 12);
});

test("problems that end at different steps are refused", () => {
  const probe = smallProbe("rnn", { hidden: 2 });
  const model = { ...probe.network.model, signature: { ...probe.network.model.signature, padded: true as const } };
  expect(() => gradientProbe({ ...probe.network, model }, { length: 5, samples: 1, seed: 1 })).toThrow(
    "problems of parity end at different steps",
  );
});

test("models that read the whole problem first are refused", () => {
  expect(() => smallProbe("lstm", { bidirectional: true })).toThrow(
    "gradients: model lstm reads the whole problem before it answers",
  );
});
