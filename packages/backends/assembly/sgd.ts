/**
 * One step of stochastic gradient descent in PyTorch's form, in one pass:
 *
 *     g ← g + λ w;  v ← μ v + g  (v ← g at the first step);  w ← w − η (g + μ v, or v without Nesterov)
 *
 * @param w, g, v `[count]`, kept; `v` may be 0 at the first step.
 * @param newW, newV `[count]`, overwritten.
 */
export function sgdStep(
  w: usize, g: usize, v: usize, newW: usize, newV: usize, count: i32,
  learningRate: f32, momentum: f32, weightDecay: f32, nesterov: i32, first: i32,
): void {
  const rate = f32x4.splat(learningRate), mu = f32x4.splat(momentum), decay = f32x4.splat(weightDecay);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const weight = v128.load(w + at);
    const gradient = f32x4.add(v128.load(g + at), f32x4.mul(decay, weight));
    const velocity = first ? gradient : f32x4.add(f32x4.mul(mu, v128.load(v + at)), gradient);
    const direction = nesterov ? f32x4.add(gradient, f32x4.mul(mu, velocity)) : velocity;
    v128.store(newV + at, velocity);
    v128.store(newW + at, f32x4.sub(weight, f32x4.mul(rate, direction)));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    const weight = load<f32>(w + at);
    const gradient = load<f32>(g + at) + weightDecay * weight;
    const velocity = first ? gradient : momentum * load<f32>(v + at) + gradient;
    const direction = nesterov ? gradient + momentum * velocity : velocity;
    store<f32>(newV + at, velocity);
    store<f32>(newW + at, weight - learningRate * direction);
  }
}
