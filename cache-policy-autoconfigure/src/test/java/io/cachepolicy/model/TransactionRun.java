package io.cachepolicy.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.model.Run.Known;
import io.cachepolicy.model.Step.Get;
import io.cachepolicy.model.Step.Put;
import io.cachepolicy.model.Step.Remove;

/**
 * A transaction of a run: its writer reads its own writes, others see all of them when it
 * has committed, and none before that or if it does not.
 */
final class TransactionRun {

	private final Run run;

	private final Setup setup;

	private final List<Write> writes = new ArrayList<>();

	private final Map<Integer, Value> own = new HashMap<>();

	TransactionRun(Run run, Setup setup) {
		this.run = run;
		this.setup = setup;
	}

	void run(List<Step> steps, boolean commits, boolean watched) {
		try {
			this.run.application().transaction().executeWithoutResult((status) -> {
				steps.forEach(this::step);
				if (watched) {
					IntStream.range(0, Sequence.KEYS).forEach(this::readByOther);
				}
				if (!commits) {
					status.setRollbackOnly();
				}
			});
		}
		catch (RuntimeException ex) {
			checkFailure(ex);
			return;
		}
		if (commits) {
			boolean full = isFull();
			this.writes.forEach((write) -> complete(this.run.model(write.key()), write, full));
		}
	}

	private void step(Step step) {
		if (step instanceof Get get) {
			read(get.key());
		}
		else if (step instanceof Put put) {
			put(put);
		}
		else if (step instanceof Remove remove) {
			this.writes.add(new Write(remove.key(), this.run.model(remove.key()).removal(), remove.policy()));
			this.run.cache().withPolicy(remove.policy()).remove(this.run.id(remove.key()));
			this.own.put(remove.key(), this.run.model(remove.key()).removal());
		}
		else {
			throw new IllegalArgumentException("Not a step of a transaction: " + step);
		}
	}

	private Known read(int key) {
		Row row;
		try {
			row = this.run.cache().get(this.run.id(key), Row.class);
		}
		catch (RuntimeException ex) {
			this.run.model(key).readFailed(ex);
			throw ex;
		}
		Value expected = this.own.get(key);
		if (expected == null) {
			return this.run.seen(key, row);
		}
		if (!Objects.equals(expected.text(), Run.textOf(row))) {
			throw new Violation("A transaction wrote %s and reads %s".formatted(expected, Run.textOf(row)));
		}
		return new Known((row != null) ? row : this.setup.newRow(this.run.id(key)), expected);
	}

	private void put(Put put) {
		Known known = read(put.key());
		Value value = known.value().with(this.run.newText(put.text()));
		known.row().setText(Objects.requireNonNull(value.text()));
		this.writes.add(new Write(put.key(), value, put.policy()));
		this.run.cache().withPolicy(put.policy()).put(this.run.id(put.key()), known.row());
		this.own.put(put.key(), value);
	}

	private void readByOther(int key) {
		try {
			CompletableFuture.runAsync(() -> this.run.get(key)).join();
		}
		catch (RuntimeException ex) {
			if (ex.getCause() instanceof Violation violation) {
				throw violation;
			}
			throw ex;
		}
	}

	private void complete(KeyModel model, Write write, boolean full) {
		if (write.isThrough()) {
			model.writtenThrough(write.value());
		}
		else {
			model.deferred(write.value(), full && this.setup.overflowsThrough());
		}
	}

	private boolean isFull() {
		return this.run.mayBeFull((int) this.writes.stream().filter((write) -> !write.isThrough()).count());
	}

	private void checkFailure(RuntimeException failure) {
		if (!this.run.isAway() && !isFull() && !mayBeRefused()) {
			throw new Violation("A transaction failed without a reason", failure);
		}
	}

	private boolean mayBeRefused() {
		Map<Integer, KeyModel> models = new HashMap<>();
		for (Write write : this.writes) {
			KeyModel model = models.computeIfAbsent(write.key(), (key) -> this.run.model(key).copy());
			if (write.isThrough() && model.mayRefuse(write.value())) {
				return true;
			}
			complete(model, write, false);
		}
		return false;
	}

	private record Write(int key, Value value, WritePolicy policy) {

		boolean isThrough() {
			return this.policy != WritePolicy.WRITE_BACK;
		}

	}

}
