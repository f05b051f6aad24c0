INSERT INTO products (id, identifier, slug, title, headline, description_part1, description_part2, status, created_at, updated_at)
SELECT growth.product(n), 'G' || lpad(n::text, 9, '0'), 'growth-product-' || n,
  (ARRAY['Oak', 'Linen', 'Copper', 'Stone', 'Paper', 'Cotton', 'Glass', 'Cork', 'Wool', 'Ash'])[1 + growth.pick('stuff', n, 10)]
    || ' ' || (ARRAY['bowl', 'chair', 'lamp', 'tray', 'scarf', 'box', 'stool', 'jug', 'mat', 'shelf'])[1 + growth.pick('thing', n, 10)]
    || ' no. ' || n,
  sample.headline, sample.description_part1, sample.description_part2,
  CASE WHEN n % 20 = 0 THEN 'archived' ELSE 'active' END, growth.at(n, :products), growth.at(n, :products)
FROM generate_series(1, :products) n
JOIN (SELECT row_number() OVER (ORDER BY slug) - 1 AS place, count(*) OVER () AS size, headline, description_part1, description_part2
  FROM products WHERE slug NOT LIKE 'growth-%') sample ON sample.place = n % sample.size;

INSERT INTO product_images (id, product_id, url, caption, is_main, position)
SELECT growth.uid('image' || k, n, growth.ms(n, :products)), growth.product(n), '/images/products/mug.svg', 'A picture', k = 0, k
FROM generate_series(1, :products) n, generate_series(0, 1) k;

INSERT INTO skus (id, code, inventory_state, on_hand, color, size, description, created_at, updated_at)
SELECT growth.sku(n), 'GROWTH-' || n,
  CASE WHEN n % 50 = 0 THEN 'out_of_stock' ELSE 'in_stock' END, 1000000,
  (ARRAY['Sea', 'Sand', 'Moss', 'Brick', 'Night', 'Chalk', 'Plum', 'Rust'])[1 + growth.pick('color', n, 8)],
  (ARRAY['S', 'M', 'L', 'XL'])[1 + n % 4], 'A variant', growth.at((n + 2) / 3, :products), growth.at((n + 2) / 3, :products)
FROM generate_series(1, :products * 3) n;

-- Four SKUs of a kind that hardly anybody has.
UPDATE skus SET color = 'Vermilion', size = 'XXXL' WHERE id IN (SELECT growth.sku(n * :products / 2) FROM generate_series(1, 4) n);

INSERT INTO sku_images (id, sku_id, url, caption, position)
SELECT growth.uid('sku-image', n, growth.ms((n + 2) / 3, :products)), growth.sku(n), '/images/products/mug.svg', 'A picture', 0
FROM generate_series(1, :products * 3) n;

INSERT INTO product_skus (product_id, sku_id, position)
SELECT growth.product((n + 2) / 3), growth.sku(n), (n + 2) % 3 FROM generate_series(1, :products * 3) n;

-- What it cost first, what it costs now, and for every tenth what it will cost.
INSERT INTO sku_prices (id, sku_id, amount, currency, effective_at, created_at)
SELECT growth.uid('price' || k, n, growth.ms((n + 2) / 3, :products)), growth.sku(n), 500 + growth.pick('amount' || k, n, 20000), 'usd',
  CASE k WHEN 0 THEN timestamptz ':now' - interval '730 days' WHEN 1 THEN timestamptz ':now' - interval '30 days'
    ELSE timestamptz ':now' + interval '30 days' END,
  growth.at((n + 2) / 3, :products)
FROM generate_series(1, :products * 3) n, generate_series(0, 2) k WHERE k < 2 OR n % 10 = 0;
