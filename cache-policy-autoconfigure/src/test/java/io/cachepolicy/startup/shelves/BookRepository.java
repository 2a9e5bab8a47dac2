package io.cachepolicy.startup.shelves;

import java.util.List;
import java.util.Optional;

import io.cachepolicy.PolicyCached;
import jakarta.persistence.LockModeType;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.transaction.annotation.Transactional;

/**
 * Has queries, a locking one, a default method, and a fragment.
 */
@PolicyCached("books")
public interface BookRepository extends JpaRepository<Book, Long>, Relabelling {

	List<Book> findByLabel(String label);

	@Lock(LockModeType.PESSIMISTIC_WRITE)
	Optional<Book> findLockedById(Long id);

	@Query("select upper(b.label) from Book b where b.id = ?1")
	String upperLabelOf(Long id);

	@Transactional
	@Modifying
	@Query("update Book b set b.label = ?2 where b.id = ?1")
	int overwrite(Long id, String label);

	default String labelOf(Long id) {
		return findById(id).map(Book::getLabel).orElse("none");
	}

}
