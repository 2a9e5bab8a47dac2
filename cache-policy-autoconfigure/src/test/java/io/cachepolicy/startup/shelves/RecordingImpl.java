package io.cachepolicy.startup.shelves;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.persistence.EntityManager;

import org.springframework.transaction.annotation.Transactional;

public class RecordingImpl implements Recording<Magazine, Long> {

	private static final List<String> CALLS = new CopyOnWriteArrayList<>();

	private final EntityManager entityManager;

	public RecordingImpl(EntityManager entityManager) {
		this.entityManager = entityManager;
	}

	/**
	 * Return what was called since the last time.
	 * @return the names of the methods
	 */
	public static List<String> calls() {
		List<String> calls = List.copyOf(CALLS);
		CALLS.clear();
		return calls;
	}

	@Override
	@Transactional
	public <S extends Magazine> S save(S entity) {
		CALLS.add("save");
		return this.entityManager.merge(entity);
	}

	@Override
	public Optional<Magazine> findById(Long id) {
		CALLS.add("findById");
		return Optional.ofNullable(this.entityManager.find(Magazine.class, id));
	}

}
