// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { atEnd, isUpKey, ScrollContract, type Metrics } from '../../src/features/thread/scroll';

const at = (top: number, height = 2000, view = 600): Metrics => ({ top, view, height });
const END = at(1400);

describe('the scroll contract', () => {
  it('opens at the end and follows', () => {
    const contract = new ScrollContract();
    contract.open();
    expect(contract.resized()).toBe('to_end');
  });

  it('lets go at the first sign of wanting up, before anything has moved', () => {
    const contract = new ScrollContract();
    contract.upIntent(END);
    expect(contract.mode).toBe('free');
    expect(contract.resized()).toBe('to_anchor');
  });

  it('does not let go where there is nothing above', () => {
    const contract = new ScrollContract();
    contract.upIntent(at(0, 600));
    expect(contract.mode).toBe('following');
  });

  it('follows again only at the very end', () => {
    const contract = new ScrollContract();
    contract.scrolled(at(1000));
    expect(contract.mode).toBe('free');
    contract.scrolled(at(1390));
    expect(contract.mode).toBe('free');
    contract.scrolled(at(1399));
    expect(contract.mode).toBe('following');
  });

  it('holds a new question at the top however the answer grows', () => {
    const contract = new ScrollContract();
    contract.sent();
    for (let step = 0; step < 100; step += 1) expect(contract.resized()).toBe('to_anchor');
    expect(contract.mode).toBe('held');
  });

  it('gives up holding when the person scrolls', () => {
    const contract = new ScrollContract();
    contract.sent();
    contract.scrolled(at(900));
    expect(contract.mode).toBe('free');
    contract.sent();
    contract.scrolled(END);
    expect(contract.mode).toBe('following');
  });

  it('offers the way to the end only where it is far, and takes it', () => {
    const contract = new ScrollContract();
    expect(contract.offersJump(at(0))).toBe(false);
    contract.scrolled(at(0));
    expect(contract.offersJump(at(0))).toBe(true);
    expect(contract.offersJump(at(1390))).toBe(false);
    contract.jump();
    expect(contract.offersJump(at(0))).toBe(false);
    expect(contract.resized()).toBe('to_end');
  });

  it('knows the end in spite of fractions of a pixel', () => {
    expect(atEnd(at(1399.2))).toBe(true);
    expect(atEnd(at(1401))).toBe(true);
    expect(atEnd(at(1397))).toBe(false);
  });

  it('knows the keys that go up', () => {
    expect(['PageUp', 'Home', 'ArrowUp'].every((key) => isUpKey(key, false))).toBe(true);
    expect(isUpKey(' ', true)).toBe(true);
    expect(['PageDown', 'End', 'ArrowDown', ' '].some((key) => isUpKey(key, false))).toBe(false);
  });
});
