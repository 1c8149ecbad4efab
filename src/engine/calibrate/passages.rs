//! What a voice reads when it is measured: one piece of news in the languages that are measured.
//! A line is a sentence, an empty line a new paragraph.

pub(super) const PASSAGES: &[(&str, &str)] = &[
    (
        "en",
        "The regional administration approved a programme on Tuesday to reconstruct the harbour railway, an undertaking that engineers had described as impossible only three years ago.\n\
         Construction is expected to begin in September and to cost approximately four hundred million, financed mostly by the national government.\n\
         \n\
         Supporters maintain that the connection will return thousands of commuters to the city centre.\n\
         Critics answer that comparable assurances accompanied the extension of the motorway, and that remarkably few of them were honoured.\n\
         \n\
         What matters is whether passengers trust the timetable, explained the director of the transportation institute.\n\
         According to the administration, the first locomotives should arrive before the end of the decade.",
    ),
    (
        "de",
        "Der Regionalrat hat am Dienstag einen Plan zum Wiederaufbau der Hafenbahn beschlossen, ein Vorhaben, das Ingenieure noch vor drei Jahren für unmöglich erklärt hatten.\n\
         Die Bauarbeiten sollen im September beginnen und etwa vierhundert Millionen kosten, von denen der Staat den größten Teil bezahlt.\n\
         \n\
         Befürworter sagen, die Verbindung werde Tausende von Pendlern in die Innenstadt zurückbringen.\n\
         Kritiker erwidern, ähnliche Versprechen habe es beim Ausbau der Autobahn gegeben, und nur sehr wenige seien gehalten worden.\n\
         \n\
         Entscheidend sei, ob die Menschen dem Fahrplan vertrauten, sagte die Leiterin des Verkehrsinstituts.\n\
         Nach Angaben des Rates sollen die ersten Züge vor dem Ende des Jahrzehnts eintreffen.",
    ),
    (
        "fr",
        "Le conseil régional a approuvé mardi un projet de reconstruction du chemin de fer du port, que les ingénieurs jugeaient encore impossible il y a trois ans.\n\
         Les travaux devraient commencer en septembre et coûter environ quatre cents millions, financés pour l'essentiel par l'État.\n\
         \n\
         Ses partisans affirment que la liaison ramènera des milliers de voyageurs vers le centre de la ville.\n\
         Ses adversaires répondent que des promesses semblables avaient accompagné l'extension de l'autoroute, et que très peu ont été tenues.\n\
         \n\
         L'important est de savoir si les gens font confiance aux horaires, a déclaré la directrice de l'institut des transports.\n\
         Selon le conseil, les premiers trains devraient arriver avant la fin de la décennie.",
    ),
    (
        "es",
        "El consejo regional aprobó el martes un plan para reconstruir el ferrocarril del puerto, un proyecto que los ingenieros consideraban imposible hace apenas tres años.\n\
         Se espera que las obras comiencen en septiembre y cuesten unos cuatrocientos millones, financiados en su mayor parte por el gobierno nacional.\n\
         \n\
         Sus defensores dicen que la conexión devolverá a miles de viajeros al centro de la ciudad.\n\
         Los críticos responden que se hicieron promesas parecidas cuando se amplió la autopista, y que muy pocas se cumplieron.\n\
         \n\
         Lo que importa es si la gente confía en el horario, dijo la directora del instituto de transporte.\n\
         Según el consejo, los primeros trenes deberían llegar antes del final de la década.",
    ),
    (
        "it",
        "Il consiglio regionale ha approvato martedì un piano per ricostruire la ferrovia del porto, un progetto che gli ingegneri giudicavano impossibile appena tre anni fa.\n\
         I lavori dovrebbero cominciare a settembre e costare circa quattrocento milioni, finanziati in gran parte dal governo nazionale.\n\
         \n\
         I sostenitori dicono che il collegamento riporterà migliaia di pendolari nel centro della città.\n\
         I critici rispondono che promesse simili erano state fatte per l'ampliamento dell'autostrada, e che pochissime sono state mantenute.\n\
         \n\
         Quello che conta è se la gente si fida dell'orario, ha detto la direttrice dell'istituto dei trasporti.\n\
         Secondo il consiglio, i primi treni dovrebbero arrivare prima della fine del decennio.",
    ),
    (
        "pt",
        "O conselho regional aprovou na terça-feira um plano para reconstruir a ferrovia do porto, um projeto que os engenheiros consideravam impossível há apenas três anos.\n\
         As obras devem começar em setembro e custar cerca de quatrocentos milhões, financiados em grande parte pelo governo nacional.\n\
         \n\
         Os defensores dizem que a ligação trará milhares de passageiros de volta ao centro da cidade.\n\
         Os críticos respondem que promessas semelhantes foram feitas quando a autoestrada foi ampliada, e que muito poucas foram cumpridas.\n\
         \n\
         O que importa é se as pessoas confiam no horário, disse a diretora do instituto de transportes.\n\
         Segundo o conselho, os primeiros trens devem chegar antes do fim da década.",
    ),
    (
        "nl",
        "De regioraad heeft dinsdag een plan goedgekeurd om de havenspoorlijn te herbouwen, een project dat ingenieurs drie jaar geleden nog onmogelijk noemden.\n\
         De werkzaamheden beginnen naar verwachting in september en kosten ongeveer vierhonderd miljoen, grotendeels betaald door de landelijke regering.\n\
         \n\
         Voorstanders zeggen dat de verbinding duizenden forenzen terugbrengt naar het centrum van de stad.\n\
         Critici antwoorden dat soortgelijke beloften werden gedaan toen de snelweg werd verlengd, en dat er heel weinig van zijn nagekomen.\n\
         \n\
         Waar het om gaat is of mensen de dienstregeling vertrouwen, zei de directeur van het vervoersinstituut.\n\
         Volgens de raad moeten de eerste treinen voor het einde van het decennium aankomen.",
    ),
    (
        "sv",
        "Regionfullmäktige godkände på tisdagen en plan för att bygga upp hamnbanan igen, ett projekt som ingenjörer kallade omöjligt för bara tre år sedan.\n\
         Arbetet väntas börja i september och kosta omkring fyrahundra miljoner, till största delen betalat av staten.\n\
         \n\
         Förespråkarna säger att förbindelsen kommer att föra tusentals pendlare tillbaka till stadens centrum.\n\
         Kritikerna svarar att liknande löften gavs när motorvägen byggdes ut, och att mycket få av dem hölls.\n\
         \n\
         Det viktiga är om människor litar på tidtabellen, sade chefen för transportinstitutet.\n\
         Enligt fullmäktige ska de första tågen komma före decenniets slut.",
    ),
    (
        "pl",
        "Rada regionu zatwierdziła we wtorek plan odbudowy kolei portowej, przedsięwzięcia, które inżynierowie jeszcze trzy lata temu uważali za niemożliwe.\n\
         Budowa ma się rozpocząć we wrześniu i kosztować około czterystu milionów, w większości opłaconych przez rząd.\n\
         \n\
         Zwolennicy mówią, że połączenie przywróci centrum miasta tysiące podróżnych.\n\
         Krytycy odpowiadają, że podobne obietnice składano przy rozbudowie autostrady i że bardzo niewielu z nich dotrzymano.\n\
         \n\
         Ważne jest, czy ludzie ufają rozkładowi jazdy, powiedziała dyrektorka instytutu transportu.\n\
         Według rady pierwsze pociągi powinny przyjechać przed końcem dekady.",
    ),
    (
        "ru",
        "Областной совет во вторник утвердил план восстановления портовой железной дороги, который инженеры ещё три года назад называли невозможным.\n\
         Строительство должно начаться в сентябре и обойтись примерно в четыреста миллионов, большую часть которых выделит правительство.\n\
         \n\
         Сторонники говорят, что эта линия вернёт в центр города тысячи пассажиров.\n\
         Критики отвечают, что похожие обещания звучали при расширении автомагистрали и что очень немногие из них были выполнены.\n\
         \n\
         Важно, доверяют ли люди расписанию, сказала директор института транспорта.\n\
         По словам совета, первые поезда должны прийти до конца десятилетия.",
    ),
    (
        "uk",
        "Обласна рада у вівторок затвердила план відновлення портової залізниці, який інженери ще три роки тому називали неможливим.\n\
         Будівництво має початися у вересні й коштувати близько чотирьохсот мільйонів, більшу частину яких виділить уряд.\n\
         \n\
         Прихильники кажуть, що ця лінія поверне до центру міста тисячі пасажирів.\n\
         Критики відповідають, що схожі обіцянки лунали під час розширення автомагістралі й що дуже мало з них було виконано.\n\
         \n\
         Важливо, чи довіряють люди розкладу, сказала директорка інституту транспорту.\n\
         За словами ради, перші потяги мають прибути до кінця десятиліття.",
    ),
    (
        "fi",
        "Aluevaltuusto hyväksyi tiistaina suunnitelman satamaradan rakentamisesta uudelleen, vaikka insinöörit pitivät hanketta mahdottomana vielä kolme vuotta sitten.\n\
         Rakentamisen odotetaan alkavan syyskuussa ja maksavan noin neljäsataa miljoonaa, josta valtio maksaa suurimman osan.\n\
         \n\
         Kannattajien mukaan yhteys tuo tuhansia matkustajia takaisin kaupungin keskustaan.\n\
         Arvostelijat vastaavat, että samanlaisia lupauksia annettiin moottoritietä laajennettaessa ja että niistä pidettiin hyvin harva.\n\
         \n\
         Tärkeintä on, luottavatko ihmiset aikatauluun, sanoi liikenneinstituutin johtaja.\n\
         Valtuuston mukaan ensimmäisten junien pitäisi saapua ennen vuosikymmenen loppua.",
    ),
    (
        "tr",
        "Bölge meclisi, mühendislerin daha üç yıl önce imkânsız dediği liman demiryolunu yeniden kurma planını salı günü onayladı.\n\
         İnşaatın eylülde başlaması ve büyük bölümü hükümet tarafından karşılanan yaklaşık dört yüz milyona mal olması bekleniyor.\n\
         \n\
         Destekleyenler, bağlantının binlerce yolcuyu şehir merkezine geri getireceğini söylüyor.\n\
         Eleştirenler ise otoyol genişletilirken de benzer sözler verildiğini ve çok azının tutulduğunu belirtiyor.\n\
         \n\
         Ulaşım enstitüsünün müdürü, önemli olan insanların tarifeye güvenip güvenmediğidir, dedi.\n\
         Meclise göre ilk trenler on yıl bitmeden gelecek.",
    ),
    (
        "el",
        "Το περιφερειακό συμβούλιο ενέκρινε την Τρίτη ένα σχέδιο για την ανοικοδόμηση του σιδηρόδρομου του λιμανιού, που οι μηχανικοί θεωρούσαν αδύνατο πριν από τρία χρόνια.\n\
         Οι εργασίες αναμένεται να αρχίσουν τον Σεπτέμβριο και να κοστίσουν περίπου τετρακόσια εκατομμύρια, κυρίως από την κυβέρνηση.\n\
         \n\
         Οι υποστηρικτές λένε ότι η σύνδεση θα φέρει χιλιάδες επιβάτες πίσω στο κέντρο της πόλης.\n\
         Οι επικριτές απαντούν ότι παρόμοιες υποσχέσεις είχαν δοθεί όταν επεκτάθηκε ο αυτοκινητόδρομος, και ότι ελάχιστες τηρήθηκαν.\n\
         \n\
         Σημασία έχει αν ο κόσμος εμπιστεύεται το δρομολόγιο, είπε η διευθύντρια του ινστιτούτου μεταφορών.\n\
         Σύμφωνα με το συμβούλιο, τα πρώτα τρένα θα φτάσουν πριν από το τέλος της δεκαετίας.",
    ),
    (
        "ar",
        "وافق المجلس الإقليمي يوم الثلاثاء على خطة لإعادة بناء سكة حديد الميناء، وهو مشروع وصفه المهندسون بالمستحيل قبل ثلاث سنوات فقط.\n\
         ومن المتوقع أن يبدأ البناء في سبتمبر وأن يكلف نحو أربعمئة مليون، تمول الحكومة معظمها.\n\
         \n\
         ويقول المؤيدون إن الخط سيعيد آلاف الركاب إلى وسط المدينة.\n\
         ويرد المنتقدون بأن وعودا مشابهة قطعت عند توسيع الطريق السريع، وأن القليل جدا منها تحقق.\n\
         \n\
         المهم هو أن يثق الناس بالمواعيد، كما قالت مديرة معهد النقل.\n\
         ووفقا للمجلس، ينبغي أن تصل القطارات الأولى قبل نهاية العقد.",
    ),
    (
        "hi",
        "क्षेत्रीय परिषद ने मंगलवार को बंदरगाह रेलमार्ग को फिर से बनाने की योजना को मंज़ूरी दी, जिसे इंजीनियर तीन साल पहले तक असंभव बताते थे।\n\
         निर्माण सितंबर में शुरू होने और लगभग चालीस करोड़ की लागत आने की उम्मीद है, जिसका अधिकांश हिस्सा राष्ट्रीय सरकार देगी।\n\
         \n\
         समर्थकों का कहना है कि यह रेल हज़ारों यात्रियों को शहर के केंद्र में वापस लाएगी।\n\
         आलोचक जवाब देते हैं कि राजमार्ग बढ़ाते समय भी ऐसे ही वादे किए गए थे, और उनमें से बहुत कम पूरे हुए।\n\
         \n\
         परिवहन संस्थान की निदेशक ने कहा कि महत्वपूर्ण यह है कि लोग समय सारणी पर भरोसा करते हैं या नहीं।\n\
         परिषद के अनुसार पहली रेलगाड़ियाँ दशक के अंत से पहले आ जानी चाहिए।",
    ),
    (
        "zh",
        "地区议会星期二批准了重建港口铁路的计划，而就在三年前，工程师们还认为这个项目不可能实现。\n\
         工程预计九月开始，费用约为四亿，其中大部分由国家政府承担。\n\
         \n\
         支持者说，这条线路将把成千上万的乘客带回市中心。\n\
         批评者回答说，扩建高速公路时也有过类似的承诺，但兑现的很少。\n\
         \n\
         交通研究所所长说，重要的是人们是否相信时刻表。\n\
         据议会介绍，第一批列车应该在十年之内到达。",
    ),
    (
        "ko",
        "지역 의회는 기술자들이 삼 년 전만 해도 불가능하다고 했던 항만 철도를 다시 건설하는 계획을 화요일에 승인했다.\n\
         공사는 구월에 시작되어 약 사억이 들 것으로 보이며, 대부분은 정부가 부담한다.\n\
         \n\
         지지자들은 이 노선이 수천 명의 승객을 도심으로 다시 데려올 것이라고 말한다.\n\
         비판하는 사람들은 고속도로를 넓힐 때에도 비슷한 약속이 있었지만 지켜진 것은 거의 없다고 답한다.\n\
         \n\
         중요한 것은 사람들이 시간표를 믿느냐는 것이라고 교통 연구소 소장이 말했다.\n\
         의회에 따르면 첫 열차는 십 년 안에 도착할 것이다.",
    ),
    (
        "id",
        "Dewan daerah pada hari Selasa menyetujui rencana membangun kembali kereta api pelabuhan, proyek yang tiga tahun lalu masih disebut mustahil oleh para insinyur.\n\
         Pembangunan diperkirakan dimulai bulan September dan menelan biaya sekitar empat ratus juta, sebagian besar dibiayai pemerintah pusat.\n\
         \n\
         Para pendukung mengatakan jalur itu akan membawa ribuan penumpang kembali ke pusat kota.\n\
         Para pengkritik menjawab bahwa janji serupa pernah dibuat ketika jalan tol diperpanjang, dan sangat sedikit yang ditepati.\n\
         \n\
         Yang penting adalah apakah orang percaya pada jadwal, kata direktur lembaga perhubungan.\n\
         Menurut dewan, kereta pertama akan tiba sebelum akhir dasawarsa.",
    ),
];
