package io.cachepolicy.cache;

import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StoreReference}.
 */
class StoreReferenceTests {

	private final FakeStore store = new FakeStore();

	private final StoreReference reference = new StoreReference(Specs.of("items").build(),
			(spec, inferred) -> (inferred == Item.class) ? this.store : null, (found) -> {
			});

	@Test
	void storeIsFoundWhenATypeBecomesKnownAfterTheFirstUse() {
		assertThat(this.reference.get()).isNull();
		this.reference.infer(String.class, "another method");
		assertThat(this.reference.get()).isNull();
		this.reference.infer(Item.class, "a method");
		assertThat(this.reference.get()).isSameAs(this.store);
	}

	@Test
	void storeIsFoundWhenATypeBecomesKnownWhileItIsLookedFor() {
		AtomicReference<StoreReference> looking = new AtomicReference<>();
		StoreReference reference = new StoreReference(Specs.of("items").build(), (spec, inferred) -> {
			if (inferred == null) {
				looking.get().infer(Item.class, "a method");
			}
			return (inferred == Item.class) ? this.store : null;
		}, (found) -> {
		});
		looking.set(reference);
		assertThat(reference.get()).isSameAs(this.store);
	}

}
