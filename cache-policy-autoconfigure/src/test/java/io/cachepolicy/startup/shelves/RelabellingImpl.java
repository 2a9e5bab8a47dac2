package io.cachepolicy.startup.shelves;

import jakarta.persistence.EntityManager;

import org.springframework.transaction.annotation.Transactional;

public class RelabellingImpl implements Relabelling {

	private final EntityManager entityManager;

	public RelabellingImpl(EntityManager entityManager) {
		this.entityManager = entityManager;
	}

	@Override
	@Transactional
	public void relabel(Long id, String label) {
		this.entityManager.find(Book.class, id).setLabel(label);
	}

}
