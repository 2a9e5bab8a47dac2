insert into account (owner, balance, version)
select seed.owner, seed.balance, 0
from (values ('Ada', 100.00), ('Grace', 50.00), ('Linus', 0.00)) as seed (owner, balance)
where not exists (select 1 from account);

insert into product (name, category, price, version)
select seed.name, seed.category, seed.price, 0
from (values ('Espresso', 'coffee', 2.50), ('Filter', 'coffee', 2.20), ('Sencha', 'tea', 3.10)) as seed (name, category, price)
where not exists (select 1 from product);

insert into asset (name, content_type, length, checksum, published_at)
select 'logo.svg', 'image/svg+xml', 2048, '5d41402a', current_timestamp
where not exists (select 1 from asset);
