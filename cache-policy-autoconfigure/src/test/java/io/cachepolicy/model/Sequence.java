package io.cachepolicy.model;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.model.Step.BeginOutage;
import io.cachepolicy.model.Step.Bypass;
import io.cachepolicy.model.Step.Check;
import io.cachepolicy.model.Step.Clear;
import io.cachepolicy.model.Step.Discard;
import io.cachepolicy.model.Step.EndOutage;
import io.cachepolicy.model.Step.Evict;
import io.cachepolicy.model.Step.Expire;
import io.cachepolicy.model.Step.Flush;
import io.cachepolicy.model.Step.Get;
import io.cachepolicy.model.Step.GetAll;
import io.cachepolicy.model.Step.OtherDeletes;
import io.cachepolicy.model.Step.OtherInserts;
import io.cachepolicy.model.Step.OtherUpdates;
import io.cachepolicy.model.Step.Put;
import io.cachepolicy.model.Step.PutAll;
import io.cachepolicy.model.Step.PutLate;
import io.cachepolicy.model.Step.Remove;
import io.cachepolicy.model.Step.RemoveAndPut;
import io.cachepolicy.model.Step.Replay;
import io.cachepolicy.model.Step.Restart;
import io.cachepolicy.model.Step.StopAndStart;
import io.cachepolicy.model.Step.Transaction;
import io.cachepolicy.testsupport.Outage;

/**
 * Steps on one cache, all of which follow from the seed.
 *
 * @param setup the cache
 * @param reading what is read after each step
 * @param steps the steps
 */
record Sequence(Setup setup, Reading reading, List<Step> steps) {

	static final int KEYS = 4;

	private static final int MOST_STEPS = 36;

	/**
	 * One sequence in this many restarts the whole application.
	 */
	private static final int RESTARTS = 200;

	static Sequence of(long seed) {
		RandomGenerator random = new SplittableRandom(seed);
		Setup setup = Setup.any(random);
		Reading reading = Reading.values()[random.nextInt(Reading.values().length)];
		int count = 4 + random.nextInt(MOST_STEPS - 3);
		List<Step> steps = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			steps.add(step(random));
		}
		if (random.nextInt(RESTARTS) == 0) {
			steps.add(random.nextInt(count), new Restart());
		}
		return new Sequence(setup, reading, List.copyOf(steps));
	}

	Sequence with(List<Step> steps) {
		return new Sequence(this.setup, this.reading, List.copyOf(steps));
	}

	private static Step step(RandomGenerator random) {
		int dice = random.nextInt(100);
		if (dice < 54) {
			return readOrWrite(random);
		}
		if (dice < 61) {
			return forget(random);
		}
		if (dice < 68) {
			return new Flush(random.nextInt(4) == 0);
		}
		if (dice < 76) {
			return condition(random);
		}
		if (dice < 84) {
			return (random.nextInt(3) > 0) ? bypass(random) : otherWriter(random);
		}
		if (dice < 90) {
			return (random.nextInt(3) > 0) ? new Replay(key(random)) : new Discard(key(random));
		}
		return (random.nextInt(8) > 0) ? transaction(random) : new StopAndStart(key(random));
	}

	private static Step readOrWrite(RandomGenerator random) {
		int dice = random.nextInt(60);
		if (dice < 10) {
			return (random.nextInt(3) > 0) ? new Get(key(random)) : new GetAll();
		}
		if (dice < 13) {
			return new PutAll(keys(random), text(random));
		}
		if (dice < 15) {
			return new RemoveAndPut(key(random), random.nextBoolean());
		}
		if (dice < 17) {
			return new PutLate(key(random));
		}
		return putOrRemove(random);
	}

	private static Step putOrRemove(RandomGenerator random) {
		int key = key(random);
		return (random.nextInt(4) > 0) ? new Put(key, text(random), policy(random)) : new Remove(key, policy(random));
	}

	private static Step forget(RandomGenerator random) {
		return switch (random.nextInt(6)) {
			case 0 -> new Clear(random.nextBoolean());
			case 1, 2 -> new Expire();
			default -> new Evict(key(random));
		};
	}

	private static Step condition(RandomGenerator random) {
		return switch (random.nextInt(10)) {
			case 0 -> new Check(random.nextBoolean());
			case 1, 2, 3, 4 -> new BeginOutage(Outage.Kind.values()[random.nextInt(Outage.Kind.values().length)]);
			default -> new EndOutage();
		};
	}

	private static Step otherWriter(RandomGenerator random) {
		int key = key(random);
		return switch (random.nextInt(4)) {
			case 0 -> new OtherInserts(key);
			case 1 -> new OtherDeletes(key);
			default -> new OtherUpdates(key);
		};
	}

	private static Step bypass(RandomGenerator random) {
		BypassRun.Way[] ways = BypassRun.Way.values();
		return new Bypass(key(random), ways[random.nextInt(ways.length)], random.nextInt(4) > 0);
	}

	private static Step transaction(RandomGenerator random) {
		List<Step> steps = new ArrayList<>();
		int count = 1 + random.nextInt(4);
		for (int i = 0; i < count; i++) {
			steps.add((random.nextInt(5) > 0) ? putOrRemove(random) : new Get(key(random)));
		}
		return new Transaction(List.copyOf(steps), random.nextInt(3) > 0, random.nextBoolean());
	}

	private static int key(RandomGenerator random) {
		return random.nextInt(KEYS);
	}

	private static List<Integer> keys(RandomGenerator random) {
		return random.ints(2 + random.nextInt(KEYS - 1), 0, KEYS).distinct().boxed().toList();
	}

	private static String text(RandomGenerator random) {
		return switch (random.nextInt(8)) {
			case 0 -> Value.BAD;
			case 1 -> Value.KEPT;
			default -> "good";
		};
	}

	private static WritePolicy policy(RandomGenerator random) {
		return switch (random.nextInt(10)) {
			case 0 -> WritePolicy.WRITE_THROUGH;
			case 1 -> WritePolicy.WRITE_AROUND;
			default -> WritePolicy.WRITE_BACK;
		};
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(this.setup.toString()).append(", reading ").append(this.reading);
		this.steps.forEach((step) -> text.append("\n  ").append(step));
		return text.toString();
	}

	/**
	 * What is read after each step. Reads cache what they find, so that reading less
	 * leaves more to pending writes.
	 */
	enum Reading {

		NOTHING, TOUCHED, EVERYTHING

	}

}
