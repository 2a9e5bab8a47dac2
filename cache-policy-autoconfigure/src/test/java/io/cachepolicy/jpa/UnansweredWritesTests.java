package io.cachepolicy.jpa;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class UnansweredWritesTests {

	private static final int ROUNDS = 20_000;

	private final EntityPersister persister = mock();

	private final EntitySessions sessions = mock();

	private final StoreTransactions transactions = mock();

	private final EntityVersions versions = mock();

	@Test
	@DisplayName("J3: a flush that stored nothing does not let another one forget what was not answered")
	void emptyFlushDoesNotHideWhatAnotherOneAdds() {
		AtomicReference<@Nullable UnansweredWrites> current = new AtomicReference<>(create());
		CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
			for (UnansweredWrites writes = current.get(); writes != null; writes = current.get()) {
				writes.add(List.of(), Map.of());
			}
		});
		UnansweredWrites previous = create();
		for (int i = 0; i < ROUNDS; i++) {
			UnansweredWrites writes = create();
			current.set(writes);
			writes.add(List.of(new VersionLineage.Step(1L, null, 0L)), Map.of(1L, "value"));
			assertThat(i == 0 || previous.contains(1L)).as("round %d", i).isTrue();
			previous = writes;
		}
		current.set(null);
		other.join();
	}

	private UnansweredWrites create() {
		return new UnansweredWrites(this.persister, this.sessions, this.transactions, this.versions,
				new VersionLineage());
	}

}
