package io.cachepolicy.startup.letters;

import java.util.List;

import org.springframework.data.jpa.repository.JpaRepository;

public interface LetterRepository extends JpaRepository<Letter, Long> {

	List<Letter> findByLabel(String label);

}
