package io.cachepolicy.sample.products;

import java.util.List;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

interface ProductRepository extends JpaRepository<Product, Long> {

	List<Product> findByCategoryOrderByName(String category);

	@Query("select p.category, count(p), min(p.price) from Product p group by p.category order by p.category")
	List<CategoryOverview> findCategories();

}
