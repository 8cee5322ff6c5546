/**
 * One step of Adam in one pass:
 *
 *     g ← g + λ w;  m ← β1 m + (1 − β1) g;  v ← β2 v + (1 − β2) g²;  w ← kept w − rate m / (scale √v + ε)
 *
 * with `m` and `v` 0 before the first step. Both corrections of Adam are in `rate` and `scale`, the decay of AdamW in `kept`.
 *
 * @param w, g, m, v `[count]`, kept; `m` and `v` may be 0 at the first step.
 * @param newW, newM, newV `[count]`, overwritten.
 * @param rest1, rest2 1 − β1 and 1 − β2, which float32 would round.
 */
export function adamStep(
  w: usize, g: usize, m: usize, v: usize, newW: usize, newM: usize, newV: usize, count: i32,
  rate: f32, scale: f32, kept: f32, weightDecay: f32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, first: i32,
): void {
  const rates = f32x4.splat(rate), scales = f32x4.splat(scale), kepts = f32x4.splat(kept), decays = f32x4.splat(weightDecay);
  const beta1s = f32x4.splat(beta1), rest1s = f32x4.splat(rest1);
  const beta2s = f32x4.splat(beta2), rest2s = f32x4.splat(rest2), epsilons = f32x4.splat(epsilon);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const weight = v128.load(w + at);
    const gradient = f32x4.add(v128.load(g + at), f32x4.mul(decays, weight));
    let mean = f32x4.mul(rest1s, gradient);
    let square = f32x4.mul(rest2s, f32x4.mul(gradient, gradient));
    if (!first) {
      mean = f32x4.add(f32x4.mul(beta1s, v128.load(m + at)), mean);
      square = f32x4.add(f32x4.mul(beta2s, v128.load(v + at)), square);
    }
    v128.store(newM + at, mean);
    v128.store(newV + at, square);
    const root = f32x4.add(f32x4.mul(scales, f32x4.sqrt(square)), epsilons);
    v128.store(newW + at, f32x4.sub(f32x4.mul(kepts, weight), f32x4.div(f32x4.mul(rates, mean), root)));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    const weight = load<f32>(w + at);
    const gradient = load<f32>(g + at) + weightDecay * weight;
    let mean = rest1 * gradient;
    let square = rest2 * (gradient * gradient);
    if (!first) {
      mean = beta1 * load<f32>(m + at) + mean;
      square = beta2 * load<f32>(v + at) + square;
    }
    store<f32>(newM + at, mean);
    store<f32>(newV + at, square);
    store<f32>(newW + at, kept * weight - (rate * mean) / (scale * sqrt<f32>(square) + epsilon));
  }
}
